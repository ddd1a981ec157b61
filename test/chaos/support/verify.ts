import { expect } from 'vitest';
import type { Address, Hash32 } from '../../../src/base/brand.js';
import { fromHex } from '../../../src/base/hex.js';
import { keccak256Hex } from '../../../src/crypto/keccak.js';
import { verifyProof } from '../../../src/trie/verify-proof.js';
import { decodeAccount } from '../../../src/types/account.js';
import { type Block, decodeBlock } from '../../../src/types/block.js';
import { senderOf } from '../../../src/types/sender.js';
import { account } from '../../support/chain-builder.js';
import { rpcCall } from '../../support/rpc-call.js';
import { batch, RECIPIENT, SENDERS } from './load.js';

/** What the blocks up to a verified one say. */
export interface Verified {
  number: number;
  hash: string;
  /** Transactions of each sender, by address. */
  readonly sent: Map<string, number>;
}

/** Nothing verified but the genesis. */
export async function verifiedGenesis(url: string): Promise<Verified> {
  const { hash } = await rpcCall<{ hash: string }>(url, 'eth_getBlockByNumber', '0x0', false);
  return { number: 0, hash, sent: new Map() };
}

const quantity = (value: number): string => `0x${value.toString(16)}`;

/** The block at `number`: what is served decodes, and hashes to the hash that is served with it. */
async function servedBlock(url: string, number: number): Promise<Block> {
  const [raw, view] = await batch(url, [
    ['debug_getRawBlock', quantity(number)],
    ['eth_getBlockByNumber', quantity(number), false],
  ]);
  const block = decodeBlock(fromHex(raw as Hash32));
  expect((view as { hash: string }).hash, `the hash of block ${number}`).toBe(block.hash);
  return block;
}

/** The account at a block by `eth_getProof`, which its state root proves. */
export async function provedAccount(
  url: string,
  address: Address,
  block: Block,
): Promise<{ readonly nonce: bigint; readonly balance: bigint }> {
  const number = quantity(block.header.number);
  const [proof, balance, nonce] = await batch(url, [
    ['eth_getProof', address, [], number],
    ['eth_getBalance', address, number],
    ['eth_getTransactionCount', address, number],
  ]);
  const { accountProof } = proof as { accountProof: Hash32[] };
  const key = keccak256Hex(fromHex(address));
  const value = verifyProof(block.header.stateRoot, key, accountProof.map(fromHex));
  if (!value.ok) throw new Error(`the proof of ${address} at ${number}: ${value.error.code}`);
  const found = value.value === undefined ? { nonce: 0n, balance: 0n } : decodeAccount(value.value);
  expect({ nonce: BigInt(nonce as string), balance: BigInt(balance as string) }).toEqual({
    nonce: found.nonce,
    balance: found.balance,
  });
  return found;
}

/**
 * Walks on from the last verified block to `head`: blocks link and hash to what they say, and at the head each sender's
 * nonce is the number of its transactions in the chain and the recipient has a wei of each. Moves `verified` there.
 */
export async function verifyUpTo(url: string, head: number, verified: Verified): Promise<void> {
  let block: Block | undefined;
  for (let number = verified.number + 1; number <= head; number++) {
    block = await servedBlock(url, number);
    expect(block.header.parentHash, `the parent of block ${number}`).toBe(verified.hash);
    for (const tx of block.transactions) {
      const sender = senderOf(tx) ?? '';
      verified.sent.set(sender, (verified.sent.get(sender) ?? 0) + 1);
    }
    verified.number = number;
    verified.hash = block.hash;
  }
  block ??= await servedBlock(url, head);
  for (const n of SENDERS) {
    const { nonce } = await provedAccount(url, account(n), block);
    expect(Number(nonce), `the nonce of sender ${n} at ${head}`).toBe(verified.sent.get(account(n)) ?? 0);
  }
  const total = [...verified.sent.values()].reduce((sum, count) => sum + count, 0);
  expect(Number((await provedAccount(url, RECIPIENT, block)).balance)).toBe(total);
}
