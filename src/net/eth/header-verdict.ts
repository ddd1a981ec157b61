import type { SealedHeader } from '../../types/header.js';
import type { ChainReader } from '../backend.js';
import type { Fault } from '../defense/fault.js';

/** What a header that a peer sent is worth. */
export type HeaderVerdict =
  | { readonly kind: 'valid' }
  /** Ahead of our clock: clocks differ, so it is nobody's fault. */
  | { readonly kind: 'future' }
  | { readonly kind: 'wrong'; readonly fault: Fault };

/** Checks `header` against `parent`, or its seal alone where the parent is not known. */
export function headerVerdict(
  chain: ChainReader,
  header: SealedHeader,
  parent: SealedHeader | undefined,
  nowMs: number,
): HeaderVerdict {
  const verdict =
    parent === undefined ? chain.checkSeal(header) : chain.checkHeader(header, parent, Math.floor(nowMs / 1000));
  if (verdict.ok) return { kind: 'valid' };
  if (verdict.code === 'header-future') return { kind: 'future' };
  const code = verdict.code === 'header-seal' ? 'invalid-seal' : 'invalid-header';
  return { kind: 'wrong', fault: { code, hash: header.hash, rule: verdict.code } };
}
