import { DIAL_BACK_OFF_MS, REMOTE_BACK_OFF_MS } from '../defense/back-off.js';
import type { CloseCause } from './session/session-state.js';

/** True for ends that say nothing against anyone: they are no failures. */
export function isBenign(cause: CloseCause): boolean {
  if (cause.kind !== 'local' && cause.kind !== 'remote') return false;
  if (cause.reason === 'already-connected' || cause.reason === 'client-quitting') return true;
  return cause.kind === 'local' && cause.reason === 'requested';
}

/** What the host says of a stream whose other end can't be reached any more. A reset is no such thing: somebody sent it. */
const UNREACHABLE = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN']);

/** True for ends that come from silence: the peer is gone without a word, or the network between us is. */
export function isSilence(cause: CloseCause): boolean {
  if (cause.kind === 'dial') return cause.failure === 'timeout' || cause.failure === 'unreachable';
  if (cause.kind === 'fault') return cause.fault.code === 'idle-timeout';
  return cause.kind === 'stream' && UNREACHABLE.has(cause.error ?? '');
}

/** True if the peer, which has proved by then who it is, has no room for us: its address is as good as ever. */
export function isFull(cause: CloseCause): boolean {
  return cause.kind === 'remote' && cause.reason === 'too-many-peers';
}

/** True if we gave the place of a peer to another node. */
export function isFarewell(cause: CloseCause): boolean {
  return cause.kind === 'local' && cause.reason === 'too-many-peers';
}

/** How long a node is left alone after such an end, its faults apart. */
export function backOffOf(cause: CloseCause): number {
  if (cause.kind === 'dial') return DIAL_BACK_OFF_MS[cause.failure];
  return cause.kind === 'remote' && cause.reason !== undefined ? REMOTE_BACK_OFF_MS[cause.reason] : 0;
}
