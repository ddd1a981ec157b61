import { keccak256Hex } from '../crypto/keccak.js';
import { deriveRoot } from '../trie/derive-root.js';
import { type Body, type BodyRoots, encodeUncles } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Header } from '../types/header.js';
import { rulesAt } from '../types/rules.js';
import { checkExecutable, checkTransaction } from './check-transaction.js';
import { type RuleError, ruleError } from './rule-error.js';

/** What the header of `body` must say of it. Takes as long as hashing the body three times: do it once for each. */
export function bodyRootsOf(body: Body): BodyRoots {
  return {
    unclesHash: keccak256Hex(encodeUncles(body.uncles)),
    transactionsRoot: deriveRoot(body.transactions.map((tx) => tx.raw)),
  };
}

/** Undefined if `body` is the one that `header` names: its uncles hash and its transactions root. */
export function checkBodyRoots(header: Header, body: Body): RuleError | undefined {
  const { unclesHash, transactionsRoot } = bodyRootsOf(body);
  if (unclesHash !== header.unclesHash) return ruleError('body-uncles-hash', unclesHash);
  if (transactionsRoot !== header.transactionsRoot) return ruleError('body-transactions-root', transactionsRoot);
  return undefined;
}

/** Undefined if every transaction may stand in a block of `number` as far as that can be told without the state. */
export function checkBodyTransactions(body: Body, number: number, spec: ChainSpec): RuleError | undefined {
  const rules = rulesAt(spec, number);
  for (const [index, tx] of body.transactions.entries()) {
    const broken = checkTransaction(tx, rules, spec) ?? checkExecutable(tx);
    if (broken !== undefined) return { ...broken, message: `transaction ${index}: ${broken.message}` };
  }
  return undefined;
}
