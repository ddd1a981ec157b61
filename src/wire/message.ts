/**
 * One message of a protocol: its code within the protocol and how its payload is written and read. `decode` throws
 * `DecodeError` and nothing else; it is only ever given payloads of at most `maxBytes` bytes.
 */
export interface MessageCodec<T> {
  readonly name: string;
  /** Relative to the protocol's offset on the connection. */
  readonly code: number;
  /** The largest payload, uncompressed, that is read. It is checked before the payload is inflated or decoded. */
  readonly maxBytes: number;
  encode(value: T): Uint8Array;
  decode(payload: Uint8Array): T;
}
