import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Benchmark, type Figure, median } from './benchmark.js';
import { blockFile } from './support/block-file.js';
import { type ChainPeer, importedChain, type ServedChain, startHonest, startWrong } from './support/chain-peers.js';
import { cpuSeconds, residentBytes } from './support/process-stats.js';
import { callRpc } from './support/rpc.js';
import { withFolder } from './support/scratch.js';
import { GRAPEVINE, NODE_FLAGS, startGrapevine } from './support/server.js';
import { type CommandRun, timedCommand } from './support/timed-command.js';
import type { WrongWay } from './support/wrong-answers.js';

/** Every twentieth block holds one transfer. */
const LONG = { blocks: 10_000, transfersPerBlock: 1, every: 20, senders: 10, recipients: 100 };
/** The gas limit keeps the base fee where it is for any number of such blocks. */
const FULL = {
  ...{ blocks: 300, transfersPerBlock: 1_400, gasLimit: 60_000_000 },
  ...{ senders: 2_000, recipients: 20_000 },
};
const TIMEOUT_MS = 300_000;
const POLL_MS = 25;

interface SyncRun extends CommandRun {
  readonly peakBytes: number;
}

/** Syncs a fresh node from `peers` to block `head`, process start included. */
async function synced(folder: string, genesis: string, peers: readonly ChainPeer[], head: number): Promise<SyncRun> {
  const startedAtMs = performance.now();
  const flags = ['--staticpeers', peers.map(({ enode }) => enode).join(',')];
  const node = await startGrapevine({ folder, genesis, flags });
  let peakBytes = 0;
  try {
    while (Number(await callRpc(node.port, 'eth_blockNumber')) < head) {
      if (performance.now() - startedAtMs > TIMEOUT_MS) throw new Error('the sync did not end');
      peakBytes = Math.max(peakBytes, residentBytes(node.pid));
      await delay(POLL_MS);
    }
    return { seconds: (performance.now() - startedAtMs) / 1000, cpuSeconds: cpuSeconds(node.pid), peakBytes };
  } finally {
    await node.stop();
  }
}

type Kind = 'honest' | WrongWay;

/** Runs `work` with peers of these kinds, in this order, all of which have the chain. */
async function withPeers<T>(
  folder: string,
  chain: ServedChain,
  kinds: readonly Kind[],
  work: (peers: readonly ChainPeer[]) => Promise<T>,
): Promise<T> {
  const peers: ChainPeer[] = [];
  try {
    for (const kind of kinds)
      peers.push(await (kind === 'honest' ? startHonest(folder, chain) : startWrong(folder, chain, kind)));
    return await work(peers);
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

const secondsOf = (runs: readonly CommandRun[]): number => median(runs.map(({ seconds }) => seconds));
const microsFor = (runs: readonly CommandRun[], units: number): number =>
  (median(runs.map((run) => run.cpuSeconds)) * 1e6) / units;

/** Many small blocks from one peer. */
export const syncBenchmark: Benchmark = {
  name: 'sync',
  summary: 'full sync of 10,000 mostly empty blocks from one local peer',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `${LONG.blocks} sealed blocks, one transfer in every ${LONG.every}th; from the start of the process to the last block; CPU for a block; ${options.rounds} rounds`,
      );
      const chain = importedChain(folder, blockFile(LONG));
      const runs: SyncRun[] = [];
      await withPeers(folder, chain, ['honest'], async (peers) => {
        for (let round = 0; round < options.rounds; round++)
          runs.push(await synced(folder, chain.genesis, peers, LONG.blocks));
      });
      return [
        {
          ...{ name: '10,000 small blocks', value: secondsOf(runs), unit: 's', bar: { value: 12, isMost: true } },
          cpuMicros: microsFor(runs, LONG.blocks),
        },
        { name: 'peak memory', value: Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 2 ** 20, unit: 'MiB' },
      ];
    }),
};

/** Full blocks from one peer, against the import of the same from a file. */
export const syncFullBenchmark: Benchmark = {
  name: 'sync-full',
  summary: 'full sync of 300 blocks of 1,400 transfers from one local peer, against `grapevine import` of the same',
  run: (options) =>
    withFolder(async (folder) => {
      const file = blockFile(FULL);
      const transfers = FULL.blocks * FULL.transfersPerBlock;
      options.note(
        `${transfers} transfers between ${FULL.senders + FULL.recipients} accounts; both from the start of the process to the end; CPU for a transfer; ${options.rounds} rounds`,
      );
      const { genesis } = file;
      const chain = importedChain(folder, file);
      const imports: CommandRun[] = [];
      const syncs: SyncRun[] = [];
      await withPeers(folder, chain, ['honest'], async (peers) => {
        for (let round = 0; round < options.rounds; round++) {
          const datadir = join(folder, `imported-${round}`);
          const command = [GRAPEVINE, 'import', file.path, '--datadir', datadir, '--genesis', genesis];
          imports.push(await timedCommand([...NODE_FLAGS, ...command]));
          syncs.push(await synced(folder, genesis, peers, FULL.blocks));
        }
      });
      const imported = transfers / secondsOf(imports);
      return [
        {
          ...{ name: '300 full blocks', value: transfers / secondsOf(syncs), unit: 'tx/s' },
          ...{ bar: { value: 0.8 * imported }, rival: { name: 'import', value: imported } },
          ...{ cpuMicros: microsFor(syncs, transfers), rivalCpuMicros: microsFor(imports, transfers) },
        },
        { name: 'peak memory', value: Math.max(...syncs.map(({ peakBytes }) => peakBytes)) / 2 ** 20, unit: 'MiB' },
      ];
    }),
};

/** The wrong ones come first, and claim the most. */
const WRONG_PAIRS: readonly (readonly [WrongWay, WrongWay])[] = [
  ['silent', 'silent'],
  ['silent', 'wrong-bodies'],
  ['no-bodies', 'unlinked'],
];

/** Four peers, of which two are wrong, against honest ones. */
export const syncWrongBenchmark: Benchmark = {
  name: 'sync-wrong',
  summary: 'the same with 4 peers of which 2 stall or lie, against 4 and 2 honest ones',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `${LONG.blocks} blocks; the two wrong peers claim the most work; the bar is 1.3 times the slower of the honest runs; ${options.rounds} rounds`,
      );
      const chain = importedChain(folder, blockFile(LONG));
      const measure = async (kinds: readonly Kind[]): Promise<SyncRun[]> => {
        const runs: SyncRun[] = [];
        for (let round = 0; round < options.rounds; round++)
          // Fresh ones each time: who was wrong is remembered.
          await withPeers(folder, chain, kinds, async (peers) => {
            runs.push(await synced(folder, chain.genesis, peers, LONG.blocks));
          });
        return runs;
      };
      const four = await measure(['honest', 'honest', 'honest', 'honest']);
      const two = await measure(['honest', 'honest']);
      const bar = { value: 1.3 * Math.max(secondsOf(four), secondsOf(two)), isMost: true };
      const figures: Figure[] = [
        { name: '4 honest', runs: four },
        { name: '2 honest', runs: two },
      ].map(({ name, runs }) => ({
        ...{ name, value: secondsOf(runs), unit: 's', cpuMicros: microsFor(runs, LONG.blocks) },
      }));
      for (const wrong of WRONG_PAIRS) {
        const runs = await measure([...wrong, 'honest', 'honest']);
        const name = `2 honest, ${wrong.join(', ')}`;
        figures.push({
          ...{ name, value: secondsOf(runs), unit: 's', bar, cpuMicros: microsFor(runs, LONG.blocks) },
        });
      }
      return figures;
    }),
};
