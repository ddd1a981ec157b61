/** Every rule that a header, a block or a transaction can break, and what breaking it means. */
export const RULES = {
  // A header by itself and against its parent.
  'header-parent-hash': 'the parent hash is not the hash of the parent',
  'header-number': "the number is not the parent's plus one",
  'header-timestamp-not-later': "the timestamp is not later than the parent's",
  'header-future': 'the timestamp is more than 15 s ahead of our clock',
  'header-extra-data-too-long': 'extra data has more than 32 bytes',
  'header-gas-limit-bounds': "the gas limit is out of range or too far from the parent's",
  'header-gas-used-over-limit': 'the gas used is above the gas limit',
  'header-base-fee': 'the base fee is not what follows from the parent',
  'header-difficulty': 'the difficulty is not what follows from the parent',
  'header-seal': 'the proof of work is wrong or too weak',
  // A body against its header.
  'body-transactions-root': 'the transactions do not have the root that the header names',
  'body-uncles-hash': 'the uncles do not have the hash that the header names',
  // Uncles.
  'uncles-too-many': 'a block has more than 2 uncles',
  'uncle-duplicate': 'the same uncle stands twice in a block',
  'uncle-already-included': 'the uncle was included by an earlier block',
  'uncle-is-ancestor': 'the uncle is a block of the chain itself',
  'uncle-parent-unknown': "the uncle's parent is not among the second to seventh ancestors",
  'uncle-header': "the uncle's header breaks a rule",
  // Transactions, whatever the state.
  'tx-type-not-active': 'this block does not allow the transaction type',
  'tx-chain-id': 'the transaction is signed for another chain',
  'tx-signature': 'the signature is not one that anybody can have made',
  'tx-nonce-max': 'the nonce is 2^64 - 1, which no account may reach',
  'tx-tip-above-cap': 'the priority fee is above the fee cap',
  'tx-cost-overflow': 'gas limit times gas price does not fit in 256 bits',
  'tx-intrinsic-gas': 'the gas limit is below the intrinsic gas',
  'tx-contract-creation': 'the transaction creates a contract, which this chain does not execute',
  'tx-precompile-call': 'the transaction calls a precompiled contract, which this chain does not execute',
  // Transactions against the state and the block.
  'tx-block-gas-exceeded': 'the gas limit is above what is left in the block',
  'tx-fee-cap-below-base-fee': "the fee cap is below the block's base fee",
  'tx-nonce-too-low': 'the nonce was used before',
  'tx-nonce-too-high': "the nonce is ahead of the account's",
  'tx-sender-has-code': 'the sender is a contract',
  'tx-insufficient-funds': 'the balance is below gas limit times gas price plus value',
  'tx-call-to-code': 'the transaction calls a contract, which this chain does not execute',
  // What the execution of a block must come to.
  'gas-used': 'the transactions use another amount of gas than the header says',
  'logs-bloom': 'the receipts have another bloom filter than the header says',
  'receipts-root': 'the receipts have another root than the header says',
  'state-root': 'the state after the block has another root than the header says',
  // Verdicts of the chain rather than of one block.
  'parent-invalid': 'the block builds on one that broke a rule',
  'block-undecodable': 'the bytes are not a block',
} as const;

/** The name of a rule. */
export type RuleCode = keyof typeof RULES;

/** A broken rule: a value, never thrown. `message` is one line for people: the rule's meaning and the figures. */
export interface RuleError {
  readonly code: RuleCode;
  readonly message: string;
}

/** The error for a broken rule; `detail` says with which figures. */
export function ruleError(code: RuleCode, detail?: string): RuleError {
  return { code, message: detail === undefined ? RULES[code] : `${RULES[code]} (${detail})` };
}
