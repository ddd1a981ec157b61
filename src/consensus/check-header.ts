import { EMPTY_UNCLES_HASH } from '../types/account.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Header, SealedHeader } from '../types/header.js';
import { type Rules, rulesAt } from '../types/rules.js';
import { nextBaseFee } from './base-fee.js';
import { nextDifficulty } from './difficulty.js';
import { isGasLimitAllowed } from './gas-limit.js';
import { checkSeal } from './pow.js';
import { type RuleError, ruleError } from './rule-error.js';

/** Most bytes of extra data (Yellow Paper, 4.3.4). */
const MAX_EXTRA_DATA_BYTES = 32;
/** A block may be this far ahead of our clock: clocks differ, and a block from the future is only held, not refused. */
const MAX_AHEAD_SEC = 15;

/** What a header check may leave out. */
export interface HeaderCheckOptions {
  /** False accepts any seal: for tests and for chains whose work is faked. */
  readonly seal: boolean;
}

/**
 * Undefined if `sealed` may follow `parent`. Cheap checks come first and the seal last but one; the clock comes after
 * it, so that only a header that was worked for can be `header-future` and take room among the held ones.
 * `nowSec` may be Infinity where the clock does not matter (uncles).
 */
export function checkHeader(
  sealed: SealedHeader,
  parent: SealedHeader,
  spec: ChainSpec,
  nowSec: number,
  options: HeaderCheckOptions,
): RuleError | undefined {
  const { header } = sealed;
  if (header.parentHash !== parent.hash) return ruleError('header-parent-hash', `${header.parentHash}`);
  const rules = rulesAt(spec, header.number);
  const broken = checkAlone(header) ?? checkAgainstParent(header, parent.header, rules);
  if (broken !== undefined) return broken;
  const badSeal = options.seal ? checkSeal(header) : undefined;
  if (badSeal !== undefined) return badSeal;
  const aheadSec = header.timestamp - nowSec;
  return aheadSec > MAX_AHEAD_SEC ? ruleError('header-future', `${aheadSec} s ahead`) : undefined;
}

/** The difficulty that a header of this number and timestamp must have on top of `parent`. */
export function difficultyAfter(parent: Header, number: number, timestamp: number, rules: Rules): bigint {
  const input = {
    number,
    timestamp,
    parentDifficulty: parent.difficulty,
    parentTimestamp: parent.timestamp,
    parentHasUncles: parent.unclesHash !== EMPTY_UNCLES_HASH,
  };
  return nextDifficulty(input, rules);
}

function checkAlone(header: Header): RuleError | undefined {
  if (header.extraData.length > MAX_EXTRA_DATA_BYTES) {
    return ruleError('header-extra-data-too-long', `${header.extraData.length} bytes`);
  }
  if (header.gasUsed > header.gasLimit) {
    return ruleError('header-gas-used-over-limit', `${header.gasUsed} of ${header.gasLimit}`);
  }
  return undefined;
}

function checkAgainstParent(header: Header, parent: Header, rules: Rules): RuleError | undefined {
  if (header.number !== parent.number + 1) return ruleError('header-number', `${header.number} after ${parent.number}`);
  if (header.timestamp <= parent.timestamp) {
    return ruleError('header-timestamp-not-later', `${header.timestamp} after ${parent.timestamp}`);
  }
  if (!isGasLimitAllowed(header.gasLimit, parent, rules.baseFee)) {
    return ruleError('header-gas-limit-bounds', `${header.gasLimit} after ${parent.gasLimit}`);
  }
  const baseFee = rules.baseFee ? nextBaseFee(parent) : undefined;
  if (header.baseFeePerGas !== baseFee) {
    return ruleError('header-base-fee', `${header.baseFeePerGas ?? 'none'} instead of ${baseFee ?? 'none'}`);
  }
  const difficulty = difficultyAfter(parent, header.number, header.timestamp, rules);
  if (header.difficulty !== difficulty) {
    return ruleError('header-difficulty', `${header.difficulty} instead of ${difficulty}`);
  }
  return undefined;
}
