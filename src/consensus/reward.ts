import type { Address } from '../base/brand.js';
import type { Header, SealedHeader } from '../types/header.js';

/** Wei that a block creates for one address. */
export interface Reward {
  readonly address: Address;
  readonly amount: bigint;
}

/** An uncle may be this many generations back and be paid for it, less one part in so many a generation (Yellow Paper, 11.3). */
const UNCLE_DEPTH = 8;
/** The including miner gets one part in so many of the reward for each uncle (Yellow Paper, 11.3). */
const NEPHEW_SHARE = 32n;

/** What a valid block with `uncles` pays out after its transactions: first to the uncles' miners, then to its own. */
export function blockRewards(header: Header, uncles: readonly SealedHeader[], blockReward: bigint): Reward[] {
  const rewards = uncles.map(({ header: uncle }) => ({
    address: uncle.coinbase,
    amount: (BigInt(UNCLE_DEPTH + uncle.number - header.number) * blockReward) / BigInt(UNCLE_DEPTH),
  }));
  const own = blockReward + BigInt(uncles.length) * (blockReward / NEPHEW_SHARE);
  return [...rewards, { address: header.coinbase, amount: own }];
}
