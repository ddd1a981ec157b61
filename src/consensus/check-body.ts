import type { Hash32 } from '../base/brand.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { deriveRoot } from '../trie/derive-root.js';
import { type Body, type BodyRoots, encodeUncles } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Header } from '../types/header.js';
import { rulesAt } from '../types/rules.js';
import { checkExecutable, checkTransaction } from './check-transaction.js';
import { type RuleError, ruleError } from './rule-error.js';

const unclesHashOf = ({ uncles }: Body): Hash32 => keccak256Hex(encodeUncles(uncles));

const transactionsRootOf = ({ transactions }: Body): Hash32 => deriveRoot(transactions.map((tx) => tx.raw));

/** What the header of `body` must say of it. Takes as long as hashing the body three times: do it once for each. */
export function bodyRootsOf(body: Body): BodyRoots {
  return { unclesHash: unclesHashOf(body), transactionsRoot: transactionsRootOf(body) };
}

/** Undefined if `body` is the one that `header` names: its uncles hash and its transactions root. */
export function checkBodyRoots(header: Header, body: Body): RuleError | undefined {
  const unclesHash = unclesHashOf(body);
  if (unclesHash !== header.unclesHash) return ruleError('body-uncles-hash', unclesHash);
  const root = transactionsRootOf(body);
  return root === header.transactionsRoot ? undefined : ruleError('body-transactions-root', root);
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
