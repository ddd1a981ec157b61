import type { NodeId } from '../../base/brand.js';

/** What the choice between two connections to one node depends on. */
export interface Twin {
  readonly direction: 'in' | 'out';
  /** When its key was proved. */
  readonly identifiedAtMs: number;
}

/** Two connections whose keys were proved within this time are taken as dialed at once by both ends. */
const SIMULTANEOUS_MS = 10_000;

/**
 * True if `newer` replaces `older`, both to `remoteId`. When both ends dial each other at once, the connection that the lower id dialed
 * stays: both ends reach the same answer whatever they see first, so never do both connections go. In every other case
 * the older stays: nobody can push a peer out by connecting again.
 */
export function replaces(localId: NodeId, remoteId: NodeId, older: Twin, newer: Twin): boolean {
  if (older.direction === newer.direction) return false;
  if (newer.identifiedAtMs - older.identifiedAtMs > SIMULTANEOUS_MS) return false;
  const lowerDialed = localId < remoteId ? 'out' : 'in';
  return newer.direction === lowerDialed;
}
