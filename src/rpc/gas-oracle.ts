import { senderOf } from '../types/sender.js';
import { effectiveTip } from '../types/transaction.js';
import type { RpcChain, RpcPool } from './backend.js';

/** How far back the oracle looks, how many of the cheapest tips it takes of each block, and which rank it answers: geth's figures. */
const SAMPLED_BLOCKS = 20;
const TIPS_PER_BLOCK = 3;
const PERCENTILE = 60;
/** Tips below this say nothing about the market (miners' own transfers). */
const LEAST_COUNTED_TIP = 2n;
/** No advice above 500 gwei: one who overpays in an empty block must not raise everybody's price for good. */
const MAX_ADVICE_WEI = 500_000_000_000n;

/** Advice on tips, from what recent blocks took. */
export interface GasOracle {
  /** Wei a gas that should get a transfer into one of the next blocks; never below the pool's least tip. */
  tip(): bigint;
}

function blockTips(chain: RpcChain, number: number): bigint[] {
  const block = chain.blockByNumber(number);
  if (block === undefined) return [];
  const baseFee = block.header.baseFeePerGas ?? 0n;
  return block.transactions
    .filter((transaction) => senderOf(transaction) !== block.header.coinbase)
    .map((transaction) => effectiveTip(transaction, baseFee))
    .filter((tip) => tip >= LEAST_COUNTED_TIP)
    .sort(compare)
    .slice(0, TIPS_PER_BLOCK);
}

/** Order of bigints for sort. */
export const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function advice(chain: RpcChain, head: number): bigint {
  const tips: bigint[] = [];
  for (let number = head; number > Math.max(0, head - SAMPLED_BLOCKS); number--) tips.push(...blockTips(chain, number));
  tips.sort(compare);
  return tips[Math.floor(((tips.length - 1) * PERCENTILE) / 100)] ?? 0n;
}

/** Creates the oracle; it looks again once a head. */
export function createGasOracle(chain: RpcChain, pool: RpcPool): GasOracle {
  let seenHead: string | undefined;
  let seenTip = 0n;
  return {
    tip() {
      const head = chain.head();
      if (head.hash !== seenHead) {
        seenTip = advice(chain, head.header.number);
        seenHead = head.hash;
      }
      const capped = seenTip > MAX_ADVICE_WEI ? MAX_ADVICE_WEI : seenTip;
      const floor = pool.minTip();
      return capped > floor ? capped : floor;
    },
  };
}
