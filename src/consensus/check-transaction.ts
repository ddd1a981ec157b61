import type { Address } from '../base/brand.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Rules } from '../types/rules.js';
import { feeCap, type Transaction, tipCap } from '../types/transaction.js';
import { intrinsicGas } from './intrinsic-gas.js';
import { type RuleError, ruleError } from './rule-error.js';

/** The order of the secp256k1 group (SEC 2, 2.4.1). */
const SECP256K1_N = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;
/** Of the two values of s for a signature only the low one is allowed (EIP-2), so that nobody can change a hash. */
const MAX_S = SECP256K1_N / 2n;
/** An account's nonce never gets to 2^64 - 1 (EIP-2681). */
const NONCE_LIMIT = 2n ** 64n - 1n;
const UINT256_LIMIT = 2n ** 256n;

/**
 * Undefined if `tx` can stand in a block of these rules whatever the state is. That somebody signed it is for
 * `senderOf` to say, which costs a hundred times more; what this node cannot execute, for {@link checkExecutable}.
 */
export function checkTransaction(tx: Transaction, rules: Rules, spec: ChainSpec): RuleError | undefined {
  if (tx.type > rules.maxTransactionType) return ruleError('tx-type-not-active', `type ${tx.type}`);
  const { r, s } = tx.signature;
  if (r === 0n || r >= SECP256K1_N || s === 0n || s > MAX_S) return ruleError('tx-signature', 'r or s is out of range');
  if (tx.chainId !== undefined && !(rules.replayProtection && tx.chainId === spec.chainId)) {
    return ruleError('tx-chain-id', `${tx.chainId} instead of ${spec.chainId}`);
  }
  if (tx.nonce >= NONCE_LIMIT) return ruleError('tx-nonce-max');
  if (tipCap(tx) > feeCap(tx)) return ruleError('tx-tip-above-cap', `${tipCap(tx)} above ${feeCap(tx)}`);
  if (tx.gasLimit * feeCap(tx) >= UINT256_LIMIT) return ruleError('tx-cost-overflow');
  const gas = intrinsicGas(tx, rules);
  return tx.gasLimit < gas ? ruleError('tx-intrinsic-gas', `${tx.gasLimit} of ${gas}`) : undefined;
}

/** Addresses 1 to 9 are Ethereum's contracts in native code up to London. */
const PRECOMPILES: ReadonlySet<Address> = new Set(
  Array.from({ length: 9 }, (_, index) => `0x${(index + 1).toString(16).padStart(40, '0')}` as Address),
);

/**
 * Undefined if `tx` moves value and nothing else. This chain has no contracts: what Ethereum would execute is refused,
 * so that its rules are a subset of Ethereum's and a foreign full node comes to the same state.
 */
export function checkExecutable(tx: Transaction): RuleError | undefined {
  if (tx.to === null) return ruleError('tx-contract-creation');
  return PRECOMPILES.has(tx.to) ? ruleError('tx-precompile-call', tx.to) : undefined;
}
