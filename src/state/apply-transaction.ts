import type { Address } from '../base/brand.js';
import { EMPTY_BLOOM } from '../base/hex.js';
import { err, ok, type Result } from '../base/result.js';
import { checkExecutable, checkTransaction } from '../consensus/check-transaction.js';
import { intrinsicGas } from '../consensus/intrinsic-gas.js';
import { type RuleError, ruleError } from '../consensus/rule-error.js';
import { type Account, changedAccount, EMPTY_ACCOUNT, EMPTY_CODE_HASH } from '../types/account.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Receipt } from '../types/receipt.js';
import type { Rules } from '../types/rules.js';
import { senderOf } from '../types/sender.js';
import { effectiveTip, feeCap, maxCost, type Transaction } from '../types/transaction.js';
import type { Journal } from './journal.js';

/** What the transactions of one block have in common. */
export interface BlockContext {
  readonly spec: ChainSpec;
  readonly rules: Rules;
  readonly number: number;
  readonly coinbase: Address;
  readonly gasLimit: bigint;
  /** Wei that each unit of gas burns (EIP-1559); 0 before London. */
  readonly baseFee: bigint;
}

/**
 * Executes `tx` as the next transaction of a block that has used `gasUsedBefore`, and returns the gas that it used; or
 * says which rule forbids it, and then `state` is as it was. The order of the checks is that of their cost.
 */
export function applyTransaction(
  state: Journal,
  tx: Transaction,
  block: BlockContext,
  gasUsedBefore: bigint,
): Result<bigint, RuleError> {
  const { to } = tx;
  if (to === null) return err(ruleError('tx-contract-creation'));
  const broken =
    checkTransaction(tx, block.rules, block.spec) ?? checkExecutable(tx) ?? checkBlockRoom(tx, block, gasUsedBefore);
  if (broken !== undefined) return err(broken);
  const from = senderOf(tx);
  if (from === undefined) return err(ruleError('tx-signature', 'no key makes this signature'));
  const sender = state.account(from) ?? EMPTY_ACCOUNT;
  const refused = checkSender(sender, tx) ?? checkRecipient(state.account(to), to);
  if (refused !== undefined) return err(refused);

  // Without contracts a transaction uses its intrinsic gas, and what it bought beyond is never taken (Yellow Paper, 6.2).
  const gasUsed = intrinsicGas(tx, block.rules);
  const tip = effectiveTip(tx, block.baseFee);
  const cost = gasUsed * (block.baseFee + tip) + tx.value;
  state.set(from, changedAccount(sender, sender.nonce + 1n, sender.balance - cost));
  state.credit(to, tx.value);
  state.credit(block.coinbase, gasUsed * tip);
  state.settle();
  return ok(gasUsed);
}

/** The block's gas and base fee. */
function checkBlockRoom(tx: Transaction, block: BlockContext, gasUsedBefore: bigint): RuleError | undefined {
  const gasLeft = block.gasLimit - gasUsedBefore;
  if (tx.gasLimit > gasLeft) return ruleError('tx-block-gas-exceeded', `${tx.gasLimit} with ${gasLeft} left`);
  return feeCap(tx) < block.baseFee
    ? ruleError('tx-fee-cap-below-base-fee', `${feeCap(tx)} below ${block.baseFee}`)
    : undefined;
}

/** Nonce, EIP-3607 and funds. */
function checkSender(sender: Account, tx: Transaction): RuleError | undefined {
  if (tx.nonce < sender.nonce) return ruleError('tx-nonce-too-low', `${tx.nonce} instead of ${sender.nonce}`);
  if (tx.nonce > sender.nonce) return ruleError('tx-nonce-too-high', `${tx.nonce} instead of ${sender.nonce}`);
  if (sender.codeHash !== EMPTY_CODE_HASH) return ruleError('tx-sender-has-code', `${tx.sender}`);
  const cost = maxCost(tx);
  return sender.balance < cost ? ruleError('tx-insufficient-funds', `${sender.balance} of ${cost}`) : undefined;
}

/** No code at the other end. */
function checkRecipient(recipient: Account | undefined, to: Address): RuleError | undefined {
  return recipient === undefined || recipient.codeHash === EMPTY_CODE_HASH
    ? undefined
    : ruleError('tx-call-to-code', to);
}

/** The receipt of a transaction that was executed: nothing can fail in it, and nothing logs. */
export function receiptOf(tx: Transaction, outcome: Receipt['outcome'], cumulativeGasUsed: bigint): Receipt {
  return { type: tx.type, outcome, cumulativeGasUsed, logsBloom: EMPTY_BLOOM, logs: [] };
}
