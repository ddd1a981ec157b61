import { DIAL_BACK_OFF_MS, REMOTE_BACK_OFF_MS } from '../defense/back-off.js';
import type { CloseCause } from './session-state.js';

/** True for ends that say nothing against anyone: they are no failures. */
export function isBenign(cause: CloseCause): boolean {
  if (cause.kind !== 'local' && cause.kind !== 'remote') return false;
  if (cause.reason === 'already-connected' || cause.reason === 'client-quitting') return true;
  return cause.kind === 'local' && cause.reason === 'requested';
}

/** How long a node is left alone after such an end, its faults apart. */
export function backOffOf(cause: CloseCause): number {
  if (cause.kind === 'dial') return DIAL_BACK_OFF_MS[cause.failure];
  return cause.kind === 'remote' && cause.reason !== undefined ? REMOTE_BACK_OFF_MS[cause.reason] : 0;
}
