import type { Header } from '../types/header.js';
import { ELASTICITY } from './base-fee.js';

/** No block may have a lower gas limit (Yellow Paper, 4.3.4). */
export const MIN_GAS_LIMIT = 5000n;
/** No block may have a higher gas limit: 2^63 - 1 (EIP-1985). */
export const MAX_GAS_LIMIT = 2n ** 63n - 1n;
/** A gas limit is less than one part in so many away from its parent's (Yellow Paper, 4.3.4). */
const BOUND_DIVISOR = 1024n;

/** The gas limit from which a block on top of `parent` moves: the parent's, doubled at the London block (EIP-1559). */
function baseGasLimit(parent: Header, baseFeeActive: boolean): bigint {
  return baseFeeActive && parent.baseFeePerGas === undefined ? parent.gasLimit * ELASTICITY : parent.gasLimit;
}

/** True if a block on top of `parent` may have `gasLimit`. `baseFeeActive`: the block's rules have a base fee. */
export function isGasLimitAllowed(gasLimit: bigint, parent: Header, baseFeeActive: boolean): boolean {
  if (gasLimit < MIN_GAS_LIMIT || gasLimit > MAX_GAS_LIMIT) return false;
  const base = baseGasLimit(parent, baseFeeActive);
  const distance = gasLimit > base ? gasLimit - base : base - gasLimit;
  return distance < base / BOUND_DIVISOR;
}

/** The allowed gas limit on top of `parent` that is nearest to `target`: what a miner who wants `target` writes. */
export function gasLimitToward(target: bigint, parent: Header, baseFeeActive: boolean): bigint {
  const base = baseGasLimit(parent, baseFeeActive);
  const reach = base / BOUND_DIVISOR - 1n;
  const lowest = base - reach < MIN_GAS_LIMIT ? MIN_GAS_LIMIT : base - reach;
  const highest = base + reach > MAX_GAS_LIMIT ? MAX_GAS_LIMIT : base + reach;
  if (target < lowest) return lowest;
  return target > highest ? highest : target;
}
