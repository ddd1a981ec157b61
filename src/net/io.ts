import type { SocketAddress } from '../types/endpoint.js';

/** A TCP stream, by number: odd ones are dialed (numbered by the node), even ones accepted (numbered by the host). */
export type ConnId = number;

/** Why a dial did not lead to a stream. */
export type DialFailure = 'timeout' | 'refused' | 'unreachable' | 'local-error';

/** What the network tells the node. */
export type NetInput =
  | { readonly kind: 'datagram'; readonly from: SocketAddress; readonly data: Uint8Array }
  | {
      readonly kind: 'stream-opened';
      readonly conn: ConnId;
      readonly remote: SocketAddress;
      readonly direction: 'in' | 'out';
      /** Our end of the stream, where the host knows it; shown to the operator only. */
      readonly local?: SocketAddress;
    }
  | { readonly kind: 'stream-data'; readonly conn: ConnId; readonly data: Uint8Array }
  /** The write buffer of a stream that was reported full by `stream-full` is empty again. */
  | { readonly kind: 'stream-drained'; readonly conn: ConnId }
  /** The host's send buffer for the stream passed its high-water mark; stop serving it until `stream-drained`. */
  | { readonly kind: 'stream-full'; readonly conn: ConnId }
  /** The stream is gone; no more input names `conn`. Also sent after the node's own `stream-close`. */
  | { readonly kind: 'stream-closed'; readonly conn: ConnId; readonly error: string | undefined }
  | { readonly kind: 'dial-failed'; readonly conn: ConnId; readonly failure: DialFailure };

/** What the node asks of the network. */
export type NetOutput =
  | { readonly kind: 'send-datagram'; readonly to: SocketAddress; readonly data: Uint8Array }
  | { readonly kind: 'dial'; readonly conn: ConnId; readonly to: SocketAddress; readonly timeoutMs: number }
  | { readonly kind: 'stream-write'; readonly conn: ConnId; readonly data: Uint8Array }
  /** Closes after what was written has been flushed (at most 2 s), or at once with `abort`. */
  | { readonly kind: 'stream-close'; readonly conn: ConnId; readonly abort: boolean }
  /** `paused`: stop reading from the stream (back-pressure on a peer that asks too much), or go on. */
  | { readonly kind: 'stream-pause'; readonly conn: ConnId; readonly paused: boolean };

/** Takes one output; the host carries it out after the step. */
export type Emit = (output: NetOutput) => void;
