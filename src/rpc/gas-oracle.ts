import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';
import { senderOf } from '../types/sender.js';
import { effectiveTip } from '../types/transaction.js';
import type { RpcChain, RpcPool } from './backend.js';

/** How far back the oracle looks, how many of the cheapest tips it takes of each block, and which rank it answers: geth's figures. */
const SAMPLED_BLOCKS = 20;
const TIPS_PER_BLOCK = 3;
const PERCENTILE = 60;
/** Tips below this say nothing about the market (miners' own transfers). */
const LEAST_COUNTED_TIP = 2n;
/** Blocks whose tips are kept: the sampled ones and those of a few forks, so that a new head costs one block, not all. */
const KEPT_BLOCKS = 64;
/** No advice above 500 gwei: one who overpays in an empty block must not raise everybody's price for good. */
const MAX_ADVICE_WEI = 500_000_000_000n;

/** Advice on tips, from what recent blocks took. */
export interface GasOracle {
  /** Wei a gas that should get a transfer into one of the next blocks; never below the pool's least tip. */
  tip(): bigint;
}

/** The cheapest tips that count, cheapest first. */
function cheapestTips({ header, transactions }: Block): bigint[] {
  const baseFee = header.baseFeePerGas ?? 0n;
  const paid = transactions
    .map((transaction) => ({ transaction, tip: effectiveTip(transaction, baseFee) }))
    .filter(({ tip }) => tip >= LEAST_COUNTED_TIP)
    .sort((a, b) => compare(a.tip, b.tip));
  const tips: bigint[] = [];
  // By tip first: a sender that is not known yet is the dearest thing to ask of a transaction.
  for (const { transaction, tip } of paid) {
    if (tips.length === TIPS_PER_BLOCK) break;
    if (senderOf(transaction) !== header.coinbase) tips.push(tip);
  }
  return tips;
}

/** Order of bigints for sort. */
export const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Creates the oracle; it looks again once a head. */
export function createGasOracle(chain: RpcChain, pool: RpcPool): GasOracle {
  let seenHead: string | undefined;
  let seenTip = 0n;
  const sampled = new BoundedMap<Hash32, readonly bigint[]>(KEPT_BLOCKS);

  function tipsAt(number: number): readonly bigint[] {
    const hash = chain.headerByNumber(number)?.hash;
    if (hash === undefined) return [];
    const known = sampled.get(hash);
    if (known !== undefined) return known;
    const block = chain.peekBlock(hash);
    if (block === undefined) return [];
    const tips = cheapestTips(block);
    sampled.set(hash, tips);
    return tips;
  }

  function advice(head: number): bigint {
    const tips: bigint[] = [];
    for (let number = head; number > Math.max(0, head - SAMPLED_BLOCKS); number--) tips.push(...tipsAt(number));
    tips.sort(compare);
    return tips[Math.floor(((tips.length - 1) * PERCENTILE) / 100)] ?? 0n;
  }

  return {
    tip() {
      const head = chain.head();
      if (head.hash !== seenHead) {
        seenTip = advice(head.header.number);
        seenHead = head.hash;
      }
      const capped = seenTip > MAX_ADVICE_WEI ? MAX_ADVICE_WEI : seenTip;
      const floor = pool.minTip();
      return capped > floor ? capped : floor;
    },
  };
}
