import type { Hash32 } from '../../base/brand.js';
import type { BlockSource } from '../backend.js';
import type { Fault } from '../defense/fault.js';

/** Rules of this ledger that other clients don't have (it executes no contracts), and what may follow from them. */
const OWN_RULES: ReadonlySet<string> = new Set([
  'tx-contract-creation',
  'tx-precompile-call',
  'tx-call-to-code',
  'parent-invalid',
]);

/** What a block whose execution failed says of the peer that it came from. */
export function invalidBlockFault(how: BlockSource['how'], hash: Hash32, rule: string): Fault {
  if (OWN_RULES.has(rule)) return { code: 'incompatible-block', hash, rule };
  return { code: how === 'new-block' ? 'relayed-invalid-block' : 'announced-invalid-block', hash, rule };
}

/**
 * What the announcement of a block says that was refused before. Why it was is not kept, and it may have been a rule of
 * our own, so its announcer follows another chain at least, and is not charged.
 */
export const knownInvalidFault = (hash: Hash32): Fault => ({ code: 'incompatible-block', hash, rule: 'known-invalid' });
