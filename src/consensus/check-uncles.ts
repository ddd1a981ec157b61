import type { Hash32 } from '../base/brand.js';
import { MAX_UNCLES } from '../types/body-room.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { SealedHeader } from '../types/header.js';
import { checkHeader, type HeaderCheckOptions } from './check-header.js';
import { type RuleError, ruleError } from './rule-error.js';

/** The uncle's parent is at most so many generations above the including block (Yellow Paper, 11.1: six above its parent). */
export const UNCLE_GENERATIONS = 7;

/** A block as its descendants' uncle checks see it. */
export interface Ancestor {
  readonly sealed: SealedHeader;
  readonly uncles: readonly SealedHeader[];
}

/** Looks up a block of the including block's own branch; undefined beyond genesis. */
export type AncestorLookup = (hash: Hash32) => Ancestor | undefined;

/** What decides which uncles the next block may include: its nearest ancestors, and the uncles they included. */
export interface Family {
  /** By hash, the parent first; at most {@link UNCLE_GENERATIONS}. */
  readonly ancestors: ReadonlyMap<Hash32, SealedHeader>;
  readonly includedUncles: ReadonlySet<Hash32>;
}

/** The family of a block on top of `parentHash`. */
export function familyOf(parentHash: Hash32, lookup: AncestorLookup): Family {
  const ancestors = new Map<Hash32, SealedHeader>();
  const includedUncles = new Set<Hash32>();
  let hash = parentHash;
  while (ancestors.size < UNCLE_GENERATIONS) {
    const ancestor = lookup(hash);
    if (ancestor === undefined) break;
    ancestors.set(hash, ancestor.sealed);
    for (const uncle of ancestor.uncles) includedUncles.add(uncle.hash);
    hash = ancestor.sealed.header.parentHash;
  }
  return { ancestors, includedUncles };
}

/** Undefined if a block on top of `parentHash` may include `uncle`, whatever else it includes. */
export function checkUncle(
  uncle: SealedHeader,
  parentHash: Hash32,
  family: Family,
  spec: ChainSpec,
  options: HeaderCheckOptions,
): RuleError | undefined {
  if (family.includedUncles.has(uncle.hash)) return ruleError('uncle-already-included', uncle.hash);
  if (family.ancestors.has(uncle.hash)) return ruleError('uncle-is-ancestor', uncle.hash);
  const parent = family.ancestors.get(uncle.header.parentHash);
  if (parent === undefined || parent.hash === parentHash) return ruleError('uncle-parent-unknown', uncle.hash);
  // An uncle is older than the including block, whose own time is checked: the clock has no say here.
  const broken = checkHeader(uncle, parent, spec, Number.POSITIVE_INFINITY, options);
  return broken && ruleError('uncle-header', `${broken.code}: ${broken.message}`);
}

/** Undefined if a block on top of `parentHash` may include `uncles`. Counts come before look-ups, look-ups before seals. */
export function checkUncles(
  uncles: readonly SealedHeader[],
  parentHash: Hash32,
  lookup: AncestorLookup,
  spec: ChainSpec,
  options: HeaderCheckOptions,
): RuleError | undefined {
  if (uncles.length === 0) return undefined;
  if (uncles.length > MAX_UNCLES) return ruleError('uncles-too-many', `${uncles.length}`);
  if (new Set(uncles.map((uncle) => uncle.hash)).size < uncles.length) return ruleError('uncle-duplicate');
  const family = familyOf(parentHash, lookup);
  for (const uncle of uncles) {
    const broken = checkUncle(uncle, parentHash, family, spec, options);
    if (broken !== undefined) return broken;
  }
  return undefined;
}
