import type { Header } from '../types/header.js';

/** The base fee of the first London block: 1 gwei (EIP-1559). */
export const INITIAL_BASE_FEE = 1_000_000_000n;
/** The gas limit is this many times the gas that keeps the base fee as it is (EIP-1559). */
export const ELASTICITY = 2n;
/** A full or empty block changes the base fee by one part in so many (EIP-1559). */
const CHANGE_DENOMINATOR = 8n;

/** The only base fee that a London block on top of `parent` may have, in wei (EIP-1559). */
export function nextBaseFee(parent: Pick<Header, 'baseFeePerGas' | 'gasLimit' | 'gasUsed'>): bigint {
  const { baseFeePerGas, gasLimit, gasUsed } = parent;
  if (baseFeePerGas === undefined) return INITIAL_BASE_FEE;
  const target = gasLimit / ELASTICITY;
  if (gasUsed === target) return baseFeePerGas;
  if (gasUsed > target) {
    const rise = (baseFeePerGas * (gasUsed - target)) / target / CHANGE_DENOMINATOR;
    return baseFeePerGas + (rise > 1n ? rise : 1n);
  }
  return baseFeePerGas - (baseFeePerGas * (target - gasUsed)) / target / CHANGE_DENOMINATOR;
}
