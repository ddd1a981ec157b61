import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';
import { ErrorCode, RpcError } from './errors.js';
import { type Json, Later } from './json.js';

/** Calls of eth_sendRawTransactionSync that may wait at once; the attack is one who fills memory with waiting calls. */
const MAX_WAITERS = 4096;
/** EIP-7966: the code of "not in a block within the time". */
const TIMEOUT_CODE = 4;

interface Waiter {
  readonly hash: Hash32;
  readonly deadlineMs: number;
  readonly later: Later;
}

/** Callers that wait for a receipt. Time is an argument; deadlines are data. */
export interface ReceiptWaiters {
  /** An answer that settles with the receipt, or with a timeout at `deadlineMs`. */
  wait(hash: Hash32, deadlineMs: number): Later;
  /** Settles those whose transactions are in `added`, or in any block if `added` is not whole. */
  onBlocks(added: readonly Block[], isWhole: boolean): void;
  /** Settles those whose time is over. */
  tick(nowMs: number): void;
}

function timeout(hash: Hash32): RpcError {
  return new RpcError(
    TIMEOUT_CODE,
    'The transaction was added to the transaction pool but was not processed in time',
    'it may still be mined: watch eth_getTransactionReceipt',
    { hash },
  );
}

/** Creates the list; `receipt` reads the receipt of a mined transaction. */
export function createReceiptWaiters(receipt: (hash: Hash32) => Json): ReceiptWaiters {
  // BOUNDED: by MAX_WAITERS; further callers are told to poll.
  const waiters = new Map<Hash32, Waiter[]>();
  let count = 0;

  function settle(hash: Hash32, outcome: (waiter: Waiter) => () => Json, due: (waiter: Waiter) => boolean): void {
    const all = waiters.get(hash);
    if (all === undefined) return;
    const rest = all.filter((waiter) => !due(waiter));
    if (rest.length === 0) waiters.delete(hash);
    else waiters.set(hash, rest);
    count -= all.length - rest.length;
    for (const waiter of all) if (due(waiter)) waiter.later.settle(outcome(waiter));
  }

  function settleMined(hash: Hash32): void {
    settle(
      hash,
      () => () => receipt(hash),
      () => true,
    );
  }

  return {
    wait(hash, deadlineMs) {
      if (count >= MAX_WAITERS)
        throw new RpcError(ErrorCode.limit, 'too many calls wait for receipts', 'poll eth_getTransactionReceipt', {
          hash,
        });
      const later = new Later();
      const all = waiters.get(hash);
      const waiter = { hash, deadlineMs, later };
      if (all === undefined) waiters.set(hash, [waiter]);
      else all.push(waiter);
      count++;
      return later;
    },
    onBlocks(added, isWhole) {
      if (count === 0) return;
      if (!isWhole) {
        const mined = [...waiters.keys()].filter((hash) => receipt(hash) !== null);
        for (const hash of mined) settleMined(hash);
        return;
      }
      for (const block of added) for (const { hash } of block.transactions) settleMined(hash);
    },
    tick(nowMs) {
      for (const hash of [...waiters.keys()])
        settle(
          hash,
          () => () => {
            throw timeout(hash);
          },
          (waiter) => waiter.deadlineMs <= nowMs,
        );
    },
  };
}
