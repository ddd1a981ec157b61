import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/base/brand.js';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { checkBodyRoots, checkBodyTransactions } from '../../../src/consensus/check-body.js';
import { keccak256Hex } from '../../../src/crypto/keccak.js';
import { deriveRoot } from '../../../src/trie/derive-root.js';
import { type Body, encodeUncles } from '../../../src/types/block.js';
import { signTransaction } from '../../../src/types/sender.js';
import { LONDON, LONDON_PARENT } from './headers.js';

const transfer = (nonce: bigint, to: Address | null = `0x${'22'.repeat(20)}` as Address) =>
  signTransaction(
    { type: 0, chainId: 1n, nonce, gasPrice: 1n, gasLimit: 60_000n, to, value: 1n, data: EMPTY_BYTES },
    new Uint8Array(32).fill(4),
  );

const BODY: Body = { transactions: [transfer(0n), transfer(1n)], uncles: [LONDON_PARENT] };
const HEADER = {
  ...LONDON_PARENT.header,
  transactionsRoot: deriveRoot(BODY.transactions.map((tx) => tx.raw)),
  unclesHash: keccak256Hex(encodeUncles(BODY.uncles)),
};
const EMPTY: Body = { transactions: [], uncles: [] };

describe('checkBodyRoots', () => {
  it.each([
    ['its own body', HEADER, BODY, undefined],
    ['an empty body', LONDON_PARENT.header, EMPTY, undefined],
    ['a transaction missing', HEADER, { ...BODY, transactions: BODY.transactions.slice(1) }, 'body-transactions-root'],
    [
      'transactions in another order',
      HEADER,
      { ...BODY, transactions: BODY.transactions.toReversed() },
      'body-transactions-root',
    ],
    ['an uncle missing', HEADER, { ...BODY, uncles: [] }, 'body-uncles-hash'],
  ])('%s', (_, header, body, code) => expect(checkBodyRoots(header, body)?.code).toBe(code));
});

describe('checkBodyTransactions', () => {
  it('takes transfers', () => expect(checkBodyTransactions(BODY, 1, LONDON)).toBeUndefined());

  it('says which transaction breaks which rule', () => {
    const body = { ...EMPTY, transactions: [transfer(0n), transfer(1n, null)] };
    const error = checkBodyTransactions(body, 1, LONDON);
    expect(error?.code).toBe('tx-contract-creation');
    expect(error?.message).toMatch(/^transaction 1: /);
  });

  it('says so too for a transaction of another chain', () => {
    expect(checkBodyTransactions(BODY, 1, { ...LONDON, chainId: 2n })?.code).toBe('tx-chain-id');
  });
});
