import { beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../../../src/base/brand.js';
import { bigIntToFixedBytes } from '../../../src/base/bytes.js';
import { ZERO_BLOCK_NONCE, ZERO_HASH } from '../../../src/base/hex.js';
import type { Chain } from '../../../src/chain/chain.js';
import { openChain } from '../../../src/chain/open-chain.js';
import { nextBaseFee } from '../../../src/consensus/base-fee.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import { searchSeal } from '../../../src/miner/search-seal.js';
import {
  buildTemplate,
  completeTemplate,
  restampTemplate,
  startTemplate,
  type Template,
} from '../../../src/miner/template.js';
import { DEFAULT_TX_POOL_CONFIG, type PoolHead, type TxPool } from '../../../src/txpool/pool.js';
import { createTxPool } from '../../../src/txpool/tx-pool.js';
import type { Block } from '../../../src/types/block.js';
import { parseGenesis } from '../../../src/types/genesis-file.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';

const GWEI = 10n ** 9n;
const NOW_SEC = 1_750_000_000;
const COINBASE = `0x${'c0'.repeat(20)}` as Address;
const keyOf = (index: number): Uint8Array => bigIntToFixedBytes(BigInt(index + 1), 32);

beforeAll(async () => {
  await selectCrypto();
});

interface Setup {
  readonly chain: Chain;
  readonly pool: TxPool;
  send(
    from: number,
    nonce: bigint,
    fields?: { tip?: bigint; gas?: bigint; value?: bigint; size?: number },
  ): Transaction;
  template(nowSec?: number, gasTarget?: bigint): Template;
  importBlock(block: Block): string;
}

function setup(fakePow: boolean, gasLimit = 30_000_000): Setup {
  const forks = [
    'homestead',
    'eip150',
    'eip155',
    'eip158',
    'byzantium',
    'constantinople',
    'istanbul',
    'berlin',
    'london',
  ];
  const parsed = parseGenesis({
    config: {
      chainId: 99,
      ...Object.fromEntries(forks.map((fork) => [`${fork}Block`, 0])),
      grapevine: { difficultyStep: 2 },
    },
    gasLimit,
    difficulty: fakePow ? 1_000_000 : 131_072,
    timestamp: NOW_SEC - 10,
    alloc: Object.fromEntries(
      [0, 1, 2].map((index) => [addressOfPrivateKey(keyOf(index)), { balance: '1000000000000000000' }]),
    ),
  });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const opened = openChain({ kv: { get: () => undefined }, genesis: parsed.value }, { fakePow });
  if (!opened.ok) throw new Error(opened.error.message);
  const chain = opened.value;
  const poolHead = (): PoolHead => {
    const { header } = chain.head();
    const state = chain.stateAt(header.stateRoot);
    if (state === undefined) throw new Error('no state');
    return { number: header.number, baseFee: nextBaseFee(header), gasLimit: header.gasLimit, state };
  };
  const pool = createTxPool(DEFAULT_TX_POOL_CONFIG, { spec: chain.spec, head: poolHead() });
  return {
    chain,
    pool,
    send(from, nonce, { tip = GWEI, gas = 21_000n, value = 1n, size = 0 } = {}) {
      const fields = {
        type: 2,
        chainId: 99n,
        nonce,
        gasLimit: gas,
        to: COINBASE,
        value,
        data: new Uint8Array(size),
      } as const;
      const fees = { maxFeePerGas: 5n * GWEI, maxPriorityFeePerGas: tip, accessList: [] };
      const tx = signTransaction({ ...fields, ...fees }, keyOf(from));
      expect(pool.add(tx, { local: false }, 0).kind).toBe('added');
      return tx;
    },
    template(nowSec = NOW_SEC, gasTarget = 30_000_000n) {
      const template = buildTemplate(chain, pool, {
        coinbase: COINBASE,
        extraData: Uint8Array.of(7),
        gasTarget,
        nowSec,
      });
      if (template === undefined) throw new Error('no template');
      return template;
    },
    importBlock(block) {
      const outcome = chain.importBlock(block, NOW_SEC + 100);
      if (outcome.kind === 'invalid') return outcome.error.code;
      if (outcome.kind === 'head') pool.onHead(poolHead(), outcome.reorg, 0);
      return outcome.kind;
    },
  };
}

const unsealed = (template: Template): Block =>
  completeTemplate(template, template.header.nonce, template.header.mixHash);

describe('a template', () => {
  it('becomes a block that the chain accepts, seal included', () => {
    const { chain, pool, send, template, importBlock } = setup(false);
    const sent = [send(0, 0n), send(0, 1n), send(1, 0n, { tip: 2n * GWEI })];
    const made = template();
    expect(importBlock(unsealed(made))).toBe('header-seal');
    const seal = searchSeal(made.sealHash, made.target, 0n, 20_000_000);
    if (seal === undefined) throw new Error('no seal in 20 million');
    expect(importBlock(completeTemplate(made, seal.nonce, seal.mixHash))).toBe('head');
    expect(chain.blockByNumber(1)?.transactions.map((tx) => tx.hash)).toEqual(
      [sent[2], sent[0], sent[1]].map((tx) => tx?.hash),
    );
    expect(pool.stats()).toMatchObject({ pending: 0, queued: 0 });
    expect(made.receipts).toHaveLength(3);
  });

  it('builds a chain of blocks, with uncles', () => {
    const { chain, template, importBlock } = setup(true);
    const first = template();
    const rival = { ...first, header: { ...first.header, extraData: Uint8Array.of(8) } };
    expect(importBlock(unsealed(first))).toBe('head');
    expect(importBlock(unsealed(rival))).toBe('side');
    const second = template(NOW_SEC + 3);
    expect(second.body.uncles).toHaveLength(1);
    expect(importBlock(unsealed(second))).toBe('head');
    const third = template(NOW_SEC + 6);
    expect(third.body.uncles).toHaveLength(0);
    expect(importBlock(unsealed(third))).toBe('head');
    expect(chain.head().header.number).toBe(3);
  });

  it('leaves out what does not fit, and what follows it, and takes the others', () => {
    const { template, send, importBlock } = setup(true, 63_000);
    send(0, 0n, { tip: 3n * GWEI });
    const big = send(1, 0n, { tip: 2n * GWEI, gas: 50_000n });
    send(1, 1n, { tip: 2n * GWEI });
    const last = send(2, 0n, { tip: GWEI });
    const made = template(NOW_SEC, 63_000n);
    expect(made.body.transactions.map((tx) => tx.sender)).toEqual(
      [0, 2].map((index) => addressOfPrivateKey(keyOf(index))),
    );
    expect(made.full).toBe(false);
    expect(importBlock(unsealed(made))).toBe('head');
    expect(made.body.transactions.at(-1)).toBe(last);
    expect(made.body.transactions).not.toContain(big);
  });

  it('says when it is full', () => {
    const { template, send } = setup(true, 43_000);
    for (const nonce of [0n, 1n, 2n]) send(0, nonce);
    const made = template(NOW_SEC, 43_000n);
    expect(made.body.transactions).toHaveLength(2);
    expect(made.full).toBe(true);
  });

  it('ends at 8 MiB of transactions, whatever the gas limit is', () => {
    const { send, template, importBlock } = setup(true, 100_000_000);
    // Of gas three times as many would fit; the last one is small.
    for (let i = 0; i < 66; i++)
      send(i % 2, BigInt(Math.floor(i / 2)), { tip: 2n * GWEI, gas: 541_000n, size: 130_000 });
    const small = send(2, 0n);
    const { header, body, full } = template(NOW_SEC, 100_000_000n);
    const bytes = body.transactions.reduce((sum, { raw }) => sum + raw.length, 0);
    expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(8 * 1024 * 1024 - 131_072);
    expect(body.transactions.at(-1)?.hash).toBe(small.hash);
    expect([full, header.gasLimit - header.gasUsed > 60_000_000n]).toEqual([false, true]);
    expect(importBlock(completeTemplate(template(NOW_SEC, 100_000_000n), ZERO_BLOCK_NONCE, ZERO_HASH))).toBe('head');
  });

  it('is built in slices to the same end', () => {
    const { chain, pool, send, template } = setup(true);
    for (const nonce of [0n, 1n, 2n, 3n, 4n]) send(0, nonce);
    const whole = template();
    const request = { coinbase: COINBASE, extraData: Uint8Array.of(7), gasTarget: 30_000_000n, nowSec: NOW_SEC };
    const builder = startTemplate(chain, pool, request);
    expect([builder?.build(2), builder?.build(2)]).toEqual([undefined, undefined]);
    expect(builder?.build(2)?.sealHashHex).toBe(whole.sealHashHex);
  });

  it.each([
    { name: 'up', target: 40_000_000n, limit: 30_029_295n },
    { name: 'down', target: 20_000_000n, limit: 29_970_705n },
    { name: 'to a near target', target: 30_000_123n, limit: 30_000_123n },
  ])('moves the gas limit $name', ({ target, limit }) => {
    const { template, importBlock } = setup(true);
    const made = template(NOW_SEC, target);
    expect(made.header.gasLimit).toBe(limit);
    expect(importBlock(unsealed(made))).toBe('head');
  });

  it('can be stamped again: later, and easier', () => {
    const { chain, template, importBlock } = setup(true);
    const made = template();
    expect(restampTemplate(chain, made, NOW_SEC + 1)).toBe(made);
    const later = restampTemplate(chain, made, NOW_SEC + 20);
    expect(later.header.timestamp).toBe(NOW_SEC + 20);
    expect(later.header.difficulty).toBeLessThan(made.header.difficulty);
    expect(later.sealHashHex).not.toBe(made.sealHashHex);
    expect(importBlock(unsealed(later))).toBe('head');
  });
});
