import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Benchmark, median } from './benchmark.js';
import { httpLoad } from './support/http-load.js';
import { callRpc, freePort } from './support/rpc.js';
import { withFolder } from './support/scratch.js';
import { BIG_POOL, type Server, startGrapevine } from './support/server.js';
import { genesisFile, rawTransfers, recipient } from './support/world.js';

const ACCOUNTS = 1_000;
const TRANSFERS = 1_400;
const TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const API = ['--http.api', 'eth,net,web3,txpool,admin,miner', '--ws'];

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(POLL_MS);
  }
}

/** When each head reached `server`'s subscribers, by block hash. */
function watchHeads(server: Server): Promise<{ readonly seenAtMs: Map<string, number>; close(): void }> {
  const seenAtMs = new Map<string, number>();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}`);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.send('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}');
      resolve({ seenAtMs, close: () => socket.terminate() });
    });
    socket.on('message', (data) => {
      const { params }: { params?: { result: { hash: string } } } = JSON.parse(data.toString());
      if (params !== undefined) seenAtMs.set(params.result.hash, performance.now());
    });
  });
}

const pending = async (server: Server): Promise<number> => {
  const status = (await callRpc(server.port, 'txpool_status')) as { pending: string };
  return Number(status.pending);
};

/** Lets `miner` mine one block with all that is pending; the milliseconds between its head and the other's. */
async function spread(miner: Server, other: Server): Promise<number> {
  const [mined, heard] = await Promise.all([watchHeads(miner), watchHeads(other)]);
  try {
    await callRpc(miner.port, 'miner_start', [1]).catch(() => undefined);
    await until('the block is everywhere', async () =>
      [...mined.seenAtMs.keys()].some((hash) => heard.seenAtMs.has(hash)),
    );
    await callRpc(miner.port, 'miner_stop').catch(() => undefined);
    const [first = ''] = mined.seenAtMs.keys();
    const count = Number(await callRpc(miner.port, 'eth_getBlockTransactionCountByHash', [first]));
    if (count !== TRANSFERS) throw new Error(`the block has ${count} transactions instead of ${TRANSFERS}`);
    return (heard.seenAtMs.get(first) ?? Number.NaN) - (mined.seenAtMs.get(first) ?? Number.NaN);
  } finally {
    mined.close();
    heard.close();
  }
}

/** How far a second node is behind the one that mined a full block. */
export const gossipBenchmark: Benchmark = {
  name: 'gossip',
  summary: 'a block of 1,400 transfers from the head of one node to that of another',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `two processes over RLPx on this machine, the transfers pooled on both; from one newHeads notice to the other; ${options.rounds} rounds`,
      );
      const genesis = genesisFile(ACCOUNTS);
      const p2pPort = await freePort();
      const flags = [...BIG_POOL, ...API, '--miner.etherbase', recipient(0)];
      const miner = await startGrapevine({ folder, genesis, p2pPort, flags });
      const { enode } = (await callRpc(miner.port, 'admin_nodeInfo')) as { enode: string };
      const known = enode.replace(/@.*$/, `@127.0.0.1:${p2pPort}`);
      const other = await startGrapevine({ folder, genesis, flags: [...BIG_POOL, ...API, '--staticpeers', known] });
      try {
        await until('the nodes are connected', async () => Number(await callRpc(other.port, 'net_peerCount')) === 1);
        const calls = rawTransfers(ACCOUNTS, TRANSFERS * options.rounds).map((raw, id) =>
          JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] }),
        );
        const spreads: number[] = [];
        for (let round = 0; round < options.rounds; round++) {
          await httpLoad(miner, folder, 4, calls.slice(round * TRANSFERS, (round + 1) * TRANSFERS));
          await until('all is pooled', async () => (await pending(other)) === TRANSFERS);
          spreads.push(await spread(miner, other));
          await until('the pools are empty', async () => (await pending(miner)) + (await pending(other)) === 0);
        }
        return [{ name: 'head to head', value: median(spreads), unit: 'ms', bar: { value: 150, isMost: true } }];
      } finally {
        await miner.stop();
        await other.stop();
      }
    }),
};
