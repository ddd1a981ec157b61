import type { PublicKey } from '../../../base/brand.js';
import type { SharedCapability } from '../../../wire/capability.js';
import type { DisconnectReason } from '../../../wire/p2p/disconnect.js';
import type { Hello } from '../../../wire/p2p/hello.js';
import { describeFault, type Fault, type HandshakeStage } from '../../defense/fault.js';
import type { DialFailure } from '../../io.js';

/** Each step of a connection's start has so long; a slow-loris holds a slot for 10 s at most (eth adds 5 s for Status). */
export const HANDSHAKE_STEP_MS = 5_000;
/** TCP itself. */
export const DIAL_TIMEOUT_MS = 5_000;
/** Silence after which whoever dialed pings, as often as other clients do: shorter than the idle limits of common NATs. */
export const PING_INTERVAL_MS = 15_000;
/** The same for whoever was dialed: in between the other's ping has come, if that one does as we do. */
export const PING_BACK_INTERVAL_MS = 20_000;
/** A ping is unanswered for ten seconds at least. */
export const IDLE_LIMIT_MS = 30_000;
/** A peer whose buffer stays full for so long does not read. */
export const FULL_LIMIT_MS = 60_000;
/** Written to a full stream at most; one message (10 MiB) may pass it. */
export const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** Why a connection ended. */
export type CloseCause =
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** We had no more use for it. */
  | { readonly kind: 'local'; readonly reason: DisconnectReason; readonly detail: string }
  /** The peer said so; `reason` is undefined for codes that the specification does not name. */
  | { readonly kind: 'remote'; readonly reason: DisconnectReason | undefined; readonly code: number }
  /** The stream broke or was closed without a word. */
  | { readonly kind: 'stream'; readonly error: string | undefined }
  | { readonly kind: 'dial'; readonly failure: DialFailure };

/** Where a connection is in its life. `closing` lasts until the host reports the stream closed. */
export type SessionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'rlpx'; readonly deadlineMs: number }
  | { readonly kind: 'hello'; readonly deadlineMs: number; readonly remote: PublicKey }
  | {
      readonly kind: 'active';
      readonly sinceMs: number;
      readonly remote: PublicKey;
      readonly hello: Hello;
      readonly shared: readonly SharedCapability[];
    }
  | { readonly kind: 'closing'; readonly cause: CloseCause };

/** The handshake step that a state waits for. */
export const STAGE_OF: { readonly [Kind in 'rlpx' | 'hello']: HandshakeStage } = { rlpx: 'rlpx', hello: 'hello' };

/** A cause as a short code for counters and lists: fault code, disconnect reason, or what happened to the stream. */
export function causeCode(cause: CloseCause): string {
  switch (cause.kind) {
    case 'fault':
      return cause.fault.code;
    case 'local':
      return cause.reason;
    case 'remote':
      return `remote-${cause.reason ?? 'unknown'}`;
    case 'stream':
      return 'stream-closed';
    case 'dial':
      return `dial-${cause.failure}`;
  }
}

/** A cause in words. */
export function describeCause(cause: CloseCause): string {
  switch (cause.kind) {
    case 'fault':
      return describeFault(cause.fault);
    case 'local':
      return cause.detail;
    case 'remote':
      return cause.reason === undefined
        ? `the peer disconnected with unknown reason ${cause.code}`
        : `the peer said: ${cause.reason.replaceAll('-', ' ')}`;
    case 'stream':
      return cause.error ?? 'the peer closed the connection without a reason';
    case 'dial':
      return DIAL_FAILURES[cause.failure];
  }
}

const DIAL_FAILURES: { readonly [Failure in DialFailure]: string } = {
  timeout: 'no answer from the address in time',
  refused: 'nothing listens at the address',
  unreachable: 'no route to the address',
  'local-error': 'this host could not open a connection',
};
