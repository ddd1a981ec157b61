import type { Address, Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';
import { senderOf } from '../types/sender.js';
import type { Transaction } from '../types/transaction.js';
import type { RpcBackend, RpcChain } from './backend.js';
import { findBlock } from './resolve.js';

/** A mined transaction. */
export interface MinedTransaction {
  readonly block: Block;
  readonly index: number;
  readonly transaction: Transaction;
}

/** The transaction with this hash in the canonical chain. */
export function findMined(chain: RpcChain, hash: Hash32): MinedTransaction | undefined {
  const location = chain.transactionLocation(hash);
  if (location === undefined) return undefined;
  const block = findBlock(chain, { kind: 'hash', hash: location.blockHash, requireCanonical: false });
  const transaction = block?.transactions[location.index];
  // A place that came back from the dead names another transaction.
  if (block === undefined || transaction?.hash !== hash) return undefined;
  return { block, index: location.index, transaction };
}

function nonceAt(chain: RpcChain, sender: Address, number: number): bigint | undefined {
  const header = chain.headerByNumber(number)?.header;
  const state = header === undefined ? undefined : chain.stateOf(header);
  return state === undefined ? undefined : (state.account(sender)?.nonce ?? 0n);
}

/**
 * The mined transaction of `sender` with `nonce`: a binary search over the states that are kept for the block in
 * which the account's nonce passed it. Undefined if it is not mined, or mined before the oldest state.
 */
export function findMinedBySender({ chain }: RpcBackend, sender: Address, nonce: bigint): MinedTransaction | undefined {
  let before = chain.oldestState();
  let after = chain.head().header.number;
  if ((nonceAt(chain, sender, after) ?? 0n) <= nonce || (nonceAt(chain, sender, before) ?? 0n) > nonce)
    return undefined;
  while (after - before > 1) {
    const middle = before + Math.floor((after - before) / 2);
    const nonceThere = nonceAt(chain, sender, middle);
    if (nonceThere === undefined) return undefined;
    if (nonceThere > nonce) after = middle;
    else before = middle;
  }
  const block = chain.blockByNumber(after);
  if (block === undefined) return undefined;
  const index = block.transactions.findIndex(
    (candidate) => candidate.nonce === nonce && senderOf(candidate) === sender,
  );
  const transaction = block.transactions[index];
  return transaction === undefined ? undefined : { block, index, transaction };
}
