import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed, vi } from 'vitest';
import type { Hash32 } from '../../src/base/brand.js';
import { fromHex, toHex } from '../../src/base/hex.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { searchSeal } from '../../src/miner/search-seal.js';
import { ACCOUNTS, account, stranger } from '../support/chain-builder.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, startNode, TEST_ETHERBASE } from '../support/live-node.js';
import { grapevine, killAll, tempFolder } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';
import { type ForeignClient, foreignVerdict, rpcEach, startForeignClient } from './foreign/foreign-client.js';
import { SPOILED } from './foreign/spoiled-blocks.js';
import { buildVariedChain, type VariedChain } from './foreign/varied-chain.js';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });
afterAll(killAll);

const BLOCKS = 1500;
const LIVE_BLOCKS = 6;
const ETHER = 10n ** 18n;

/** A block as both nodes tell it over RPC. */
interface BlockView {
  readonly number: string;
  readonly hash: string;
  readonly stateRoot: string;
  readonly receiptsRoot: string;
  readonly difficulty: string;
  readonly totalDifficulty: string;
  readonly baseFeePerGas: string;
  readonly uncles: readonly string[];
  readonly transactions: readonly string[];
}

const quantity = (n: number): string => `0x${n.toString(16)}`;
const same = ({ number, hash, stateRoot, receiptsRoot, difficulty, totalDifficulty, baseFeePerGas }: BlockView) => ({
  ...{ number, hash, stateRoot, receiptsRoot, difficulty, totalDifficulty, baseFeePerGas },
});

/**
 * The foreign client syncs and executes our chain with its own code: headers, difficulty, gas limit, base fee, uncles, roots,
 * transactions, fees, rewards, receipts and state must all come out as ours. Only the seal it can't check.
 */
describe(`@ethereumjs/client beside our node, ${BLOCKS} blocks`, () => {
  let made: VariedChain;
  let ours: LiveNode;
  let foreign: ForeignClient;

  /** Each of `numbers` as both tell it. */
  async function compareBlocks(numbers: readonly number[]): Promise<void> {
    const calls = numbers.map((number) => ['eth_getBlockByNumber', quantity(number), false] as const);
    const [mine, theirs] = [await rpcEach<BlockView>(ours.url, calls), await foreign.callEach<BlockView>(calls)];
    expect(theirs.map(same)).toEqual(mine.map(same));
  }

  /** The state after each of `numbers`, which the foreign client only has if it executed that block: coinbase and a sender. */
  async function compareStates(numbers: readonly number[]): Promise<void> {
    const calls = numbers.flatMap((number) => [
      ['eth_getBalance', account(7), quantity(number)] as const,
      ['eth_getBalance', account(number % 7), quantity(number)] as const,
      ['eth_getTransactionCount', account(number % 7), quantity(number)] as const,
    ]);
    expect(await foreign.callEach(calls)).toEqual(await rpcEach(ours.url, calls));
  }

  /** Resolves when the client has the state after block `number`. */
  async function executed(number: number): Promise<void> {
    const probe = () => foreign.call('eth_getBalance', account(0), quantity(number));
    await eventually(`it has executed block ${number}`, probe, 240_000);
  }

  /** Seals what our node would mine next, as an external miner: a real seal. */
  async function sealNext(): Promise<void> {
    const [sealHash, , target] = await ours.call<[Hash32, Hash32, Hash32]>('eth_getWork');
    const seal = searchSeal(fromHex(sealHash), BigInt(target), 0n, 2 ** 32 - 1);
    if (seal === undefined) throw new Error('no nonce seals the block');
    expect(await ours.call('eth_submitWork', seal.nonce, sealHash, seal.mixHash)).toBe(true);
  }

  beforeAll(async () => {
    await selectCrypto();
    made = buildVariedChain(BLOCKS, 'foreign');
    console.info(JSON.stringify(made.census));
    const folder = tempFolder();
    const file = join(folder, 'chain.rlp');
    writeFileSync(file, Buffer.concat(made.blocks.map((block) => block.raw)));
    const datadir = join(folder, 'ours');
    const imported = await grapevine([
      'import',
      file,
      '--datadir',
      datadir,
      '--genesis',
      made.genesisFile,
      '--fakepow',
    ]);
    expect(imported.code, imported.stderr).toBe(0);
    ours = await startNode({
      datadir,
      genesis: made.genesisFile,
      args: ['--fakepow', '--nodiscover', '--miner.etherbase', TEST_ETHERBASE],
    });
    foreign = await startForeignClient(made.genesisFile);
  });

  beforeEach(() => {
    onTestFailed(() => {
      console.info(foreign.output().split('\n').slice(-40).join('\n'));
      console.info(
        ours
          .log()
          .slice(-40)
          .map((line) => JSON.stringify(line))
          .join('\n'),
      );
    });
  });

  it('begins with the same genesis', () => compareBlocks([0]));

  it('syncs and executes the whole chain', async () => {
    const head = await headOf(ours.url);
    expect(head).toEqual({ number: BLOCKS, hash: made.chain.head().hash });
    const startedAt = performance.now();
    await ours.call('admin_addPeer', foreign.enode);
    await eventually('it has every block', async () => (await foreign.head()).number === BLOCKS, 240_000);
    const fetchedAt = performance.now();
    await executed(BLOCKS);
    const seconds = (until: number): string => ((until - startedAt) / 1000).toFixed(1);
    console.info(`fetched in ${seconds(fetchedAt)} s, executed after ${seconds(performance.now())} s`);
    expect(await foreign.head()).toEqual(head);
  });

  it('has our blocks', async () => {
    await compareBlocks(Array.from({ length: BLOCKS }, (_, index) => index + 1));
  });

  it('has our states', async () => {
    await compareStates(Array.from({ length: BLOCKS / 10 }, (_, index) => 10 * (index + 1)));
    const calls = [...ACCOUNTS, ...Array.from({ length: 600 }, (_, n) => stranger(n))].map(
      (address) => ['eth_getBalance', address, quantity(BLOCKS)] as const,
    );
    expect(await foreign.callEach(calls)).toEqual(await rpcEach(ours.url, calls));
  });

  it('follows blocks that are mined now, with transactions of its own and of ours', async () => {
    const signed = (from: number, type: 0 | 1 | 2) =>
      made.sign(from, {
        ...{ type, to: stranger(9000 + from), value: ETHER, gasLimit: 30_000n },
        data: new TextEncoder().encode(`live ${type}`),
      });
    /**
     * Seals `count` blocks, one after the other: the client drops a block that comes before it has stored the last one,
     * and never asks a peer for it whose total difficulty, as of its Status, is below its own by then.
     */
    const mine = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n++) {
        await sealNext();
        const head = await headOf(ours.url);
        await eventually('it has the block', async () => (await foreign.head()).hash === head.hash);
        await executed(head.number);
      }
      return (await headOf(ours.url)).number;
    };
    const txs = [signed(0, 0), signed(1, 1), signed(2, 2)];
    for (const tx of txs) expect(await ours.call('eth_sendRawTransaction', toHex(tx.raw))).toBe(tx.hash);
    await mine(LIVE_BLOCKS / 2);
    const theirTx = signed(3, 2);
    expect(await foreign.call('eth_sendRawTransaction', toHex(theirTx.raw))).toBe(theirTx.hash);
    await eventually('we have its transaction', () => ours.call('eth_getTransactionByHash', theirTx.hash));
    const head = await mine(LIVE_BLOCKS / 2);

    const live = Array.from({ length: head - BLOCKS }, (_, index) => BLOCKS + 1 + index);
    expect(live).toHaveLength(LIVE_BLOCKS);
    await compareBlocks(live);
    await compareStates(live);
    // Not the effectiveGasPrice: the client leaves out the base fee of type 2 there.
    for (const { hash } of [...txs, theirTx]) {
      const pick = (receipt: Record<string, unknown> | undefined) =>
        ['status', 'type', 'gasUsed', 'cumulativeGasUsed', 'blockHash', 'logsBloom'].map((key) => receipt?.[key]);
      const receipts = await Promise.all(
        [ours, foreign].map((node) => node.call<Record<string, unknown>>('eth_getTransactionReceipt', hash)),
      );
      expect(pick(receipts[1])).toEqual(pick(receipts[0]));
      expect(receipts[0]?.status).toBe('0x1');
    }
  });

  it('found nothing wrong', async () => {
    const { observed, stdout } = await foreign.stop();
    console.info(JSON.stringify(observed));
    expect(observed.difficulties).toBeGreaterThanOrEqual(BLOCKS + LIVE_BLOCKS + made.census.uncles);
    expect(observed.messages.NEW_BLOCK).toBeGreaterThanOrEqual(LIVE_BLOCKS);
    expect(stdout).not.toMatch(/failed|ERROR/);
    expect(ours.log().filter((line) => line.level === 'error')).toEqual([]);
    expect((await ours.stop()).code).toBe(0);
  });
});

describe('a block that breaks a rule is refused by both', () => {
  const LENGTH = 30;
  const folder = tempFolder();
  let made: VariedChain;

  beforeAll(async () => {
    await selectCrypto();
    made = buildVariedChain(LENGTH, 'spoiled');
  });

  it.each(SPOILED)('$name', async ({ ours, theirs, make }) => {
    const file = join(folder, `${ours}.rlp`);
    writeFileSync(file, Buffer.concat([...made.blocks, make(made.chain, made.blocks)].map((block) => block.raw)));
    const datadir = join(folder, ours);
    const imported = await grapevine([
      'import',
      file,
      '--datadir',
      datadir,
      '--genesis',
      made.genesisFile,
      '--fakepow',
    ]);
    expect(imported.code).toBe(1);
    expect(imported.stderr).toContain(`block ${LENGTH + 1} `);
    expect(imported.stderr).toContain(ours);
    expect(await foreignVerdict(made.genesisFile, file)).toMatch(theirs);
  });
});
