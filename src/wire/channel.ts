import type { PublicKey } from '../base/brand.js';

/** What the bytes from the other side turned out to be. */
export type ChannelEvent =
  /** The remote proved that it holds `remote`'s key; from now on `seal` works. `send` is owed to it before all else. */
  | { readonly kind: 'established'; readonly remote: PublicKey; readonly send?: Uint8Array }
  /** One whole message: its code on the connection and its payload, uncompressed and owned by the receiver. */
  | { readonly kind: 'message'; readonly code: number; readonly payload: Uint8Array };

/**
 * One end of an authenticated, ordered message stream. It does no input or output: bytes come in through `feed`, and
 * whoever owns the socket writes the bytes it hands out, in the order it handed them out.
 */
export interface Channel {
  /** The bytes that the initiator sends first; undefined on the accepting side. Call it once. */
  open(): Uint8Array | undefined;
  /**
   * Takes the stream's next bytes, cut anywhere, and yields what they complete, each event only when it is asked for:
   * so `enableSnappy`, called on the Hello event, already holds for the message behind it in the same bytes. Throws
   * `DecodeError` on anything that an honest remote can't send. After a throw, or if the caller stops asking before
   * the end, the channel is of no further use.
   */
  feed(data: Uint8Array): Iterable<ChannelEvent>;
  /** The bytes that carry a message. The channel must be established, the payload at most {@link MAX_MESSAGE_BYTES}. */
  seal(code: number, payload: Uint8Array): Uint8Array;
  /**
   * Called once, when both Hellos are exchanged: lifts the limit of {@link MAX_HELLO_BYTES}, and compresses all further
   * messages (EIP-706) if the transport compresses at all. `maxBytesOf` limits the uncompressed payload by message code;
   * a larger one is refused before it is inflated.
   */
  enableSnappy(maxBytesOf?: (code: number) => number): void;
}

/** Largest payload of any message, uncompressed. Other clients use the same: no honest peer sends more. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** Largest payload before Hello: Hello and Disconnect only, so that a stranger can't make us buffer megabytes. */
export const MAX_HELLO_BYTES = 2048;
