import { invariant } from '../base/invariant.js';
import type { Chain } from '../chain/chain.js';
import { nextBaseFee } from '../consensus/base-fee.js';
import type { PoolHead } from '../txpool/pool.js';
import { rulesAt } from '../types/rules.js';

/** The chain's head as the pool wants it: its state, and what the next block will ask. */
export function poolHeadOf(chain: Chain): PoolHead {
  const { header } = chain.head();
  const state = chain.stateAt(header.stateRoot);
  invariant(state !== undefined, "the head's state is always stored");
  return {
    number: header.number,
    baseFee: rulesAt(chain.spec, header.number + 1).baseFee ? nextBaseFee(header) : 0n,
    gasLimit: header.gasLimit,
    state,
  };
}
