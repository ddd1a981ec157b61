import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';
import type { Receipt } from '../types/receipt.js';
import { effectiveTip } from '../types/transaction.js';
import type { RpcChain } from './backend.js';
import { recordLost } from './errors.js';
import { compare } from './gas-oracle.js';
import { mustFindReceipts } from './resolve.js';

/** As many blocks as one fee history has at most. */
const KEPT_BLOCKS = 1024;
/** Tips of all kept blocks together, some 100 bytes each. Blocks whose transactions pay the same have few. */
const KEPT_TIPS = 65_536;

/** The transactions of a block that paid one tip. */
export interface PaidTip {
  readonly tip: bigint;
  /** Gas used by them and by all that paid less. */
  readonly gasUpTo: bigint;
}

/** What blocks paid for their gas. It never changes, so it is kept for a while, by the hash of the block. */
export interface PaidTips {
  /** Of the block `hash`, cheapest first, if that is known. */
  known(hash: Hash32): readonly PaidTip[] | undefined;
  /** The same read from the stored block, and how many transactions had to be decoded; throws that a record is lost. */
  read(hash: Hash32): { readonly paid: readonly PaidTip[]; readonly transactions: number };
  /** Tips that are kept, never more than 65,536. */
  held(): number;
}

/** The tips of a block in rising order, equal ones as one. */
function sumUp({ header, transactions }: Block, receipts: readonly Receipt[]): PaidTip[] {
  const baseFee = header.baseFeePerGas ?? 0n;
  const each = transactions
    .map((transaction, i) => ({
      tip: effectiveTip(transaction, baseFee),
      gas: (receipts[i]?.cumulativeGasUsed ?? 0n) - (receipts[i - 1]?.cumulativeGasUsed ?? 0n),
    }))
    .sort((a, b) => compare(a.tip, b.tip));
  const paid: PaidTip[] = [];
  let gasUpTo = 0n;
  for (const { tip, gas } of each) {
    gasUpTo += gas;
    if (paid.at(-1)?.tip === tip) paid.pop();
    paid.push({ tip, gasUpTo });
  }
  return paid;
}

/** Creates the store of tips over `chain`, empty. */
export function createPaidTips(chain: RpcChain): PaidTips {
  const kept = new BoundedMap<Hash32, readonly PaidTip[]>(KEPT_BLOCKS);
  // BOUNDED: by KEPT_TIPS.
  let held = 0;

  function keep(hash: Hash32, paid: readonly PaidTip[]): void {
    held += paid.length - (kept.set(hash, paid)?.[1].length ?? 0);
    for (let oldest = kept.oldest(); held > KEPT_TIPS && oldest !== undefined; oldest = kept.oldest()) {
      kept.delete(oldest[0]);
      held -= oldest[1].length;
    }
  }

  return {
    known: (hash) => kept.get(hash),
    held: () => held,
    read(hash) {
      const block = chain.peekBlock(hash);
      if (block === undefined) throw recordLost('body', hash);
      const paid = sumUp(block, mustFindReceipts(chain, hash));
      if (!kept.has(hash)) keep(hash, paid);
      return { paid, transactions: block.transactions.length };
    },
  };
}
