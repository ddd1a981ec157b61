import { checkExecutable, checkTransaction } from '../consensus/check-transaction.js';
import { intrinsicGas } from '../consensus/intrinsic-gas.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Rules } from '../types/rules.js';
import { feeCap, type Transaction, tipCap } from '../types/transaction.js';
import { REFUSALS, type Refusal } from './refusal.js';

/** No transaction is larger (geth's limit; four of its 32 KiB slots). A memo of 128 KiB costs 2 million gas. */
export const MAX_TRANSACTION_BYTES = 128 * 1024;

/** Everything that can be said against `tx` without its sender and the state; cheapest checks first. */
export function checkStateless(tx: Transaction, rules: Rules, spec: ChainSpec, gasLimit: bigint): Refusal | undefined {
  if (tx.raw.length > MAX_TRANSACTION_BYTES) return REFUSALS.oversized(tx.raw.length, MAX_TRANSACTION_BYTES);
  if (checkExecutable(tx) !== undefined) {
    return tx.to === null ? REFUSALS.contractCreation() : REFUSALS.contractCall(tx.to);
  }
  if (tx.gasLimit > gasLimit) return REFUSALS.gasLimit(tx.gasLimit, gasLimit);
  const error = checkTransaction(tx, rules, spec);
  if (error === undefined) return undefined;
  switch (error.code) {
    case 'tx-type-not-active':
      return REFUSALS.typeNotSupported(tx.type);
    case 'tx-chain-id':
      return REFUSALS.chainId(tx.chainId ?? 0n, spec.chainId);
    case 'tx-nonce-max':
      return REFUSALS.nonceMax();
    case 'tx-tip-above-cap':
      return REFUSALS.tipAboveCap(tipCap(tx), feeCap(tx));
    case 'tx-intrinsic-gas':
      return REFUSALS.intrinsicGas(tx.gasLimit, intrinsicGas(tx, rules));
    default:
      // A signature out of range, and what only a transaction against a block or state can break.
      return REFUSALS.invalidSender();
  }
}

/** A replacement raises the fee cap and the tip by at least this much (geth's price bump), so that a change of mind costs (replacement spam). */
const PRICE_BUMP_PERCENT = 10n;

/** The least fee that replaces a transaction which offers `fee`: 10 % more, and 1 wei at least. */
export function bumped(fee: bigint): bigint {
  const threshold = (fee * (100n + PRICE_BUMP_PERCENT)) / 100n;
  return threshold > fee ? threshold : fee + 1n;
}
