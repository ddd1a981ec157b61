import type { DisconnectReason } from '../../wire/p2p/disconnect.js';
import type { DialFailure } from '../io.js';

const MINUTE_MS = 60_000;

/** How long a node is left alone after it disconnected us with a reason. Saying so is no fault of its. */
export const REMOTE_BACK_OFF_MS: { readonly [Reason in DisconnectReason]: number } = {
  requested: MINUTE_MS,
  'tcp-error': 0,
  'protocol-breach': 15 * MINUTE_MS,
  'useless-peer': 60 * MINUTE_MS,
  'too-many-peers': 5 * MINUTE_MS,
  'already-connected': 0,
  'incompatible-version': 24 * 60 * MINUTE_MS,
  'null-identity': 15 * MINUTE_MS,
  'client-quitting': MINUTE_MS,
  'unexpected-identity': 10 * MINUTE_MS,
  'self-connection': 24 * 60 * MINUTE_MS,
  'ping-timeout': MINUTE_MS,
  'subprotocol-error': 30 * MINUTE_MS,
};

/** How long an address is left alone after a dial that found nobody. */
export const DIAL_BACK_OFF_MS: { readonly [Failure in DialFailure]: number } = {
  timeout: 2 * MINUTE_MS,
  refused: MINUTE_MS,
  unreachable: 5 * MINUTE_MS,
  'local-error': 0,
};
