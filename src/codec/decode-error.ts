/** Why bytes could not be decoded. The codes are stable: they reach logs, metrics and tests. */
export type DecodeErrorCode =
  /** The input ends before what it announces. */
  | 'rlp-truncated'
  /** A length or integer that has a shorter encoding. */
  | 'rlp-non-canonical'
  /** Lists nested deeper than the caller allows: a stack or memory bomb. */
  | 'rlp-too-deep'
  /** More items than the caller allows: a memory bomb. */
  | 'rlp-too-many-items'
  /** Bytes or items after what was expected to be the last. */
  | 'rlp-trailing'
  /** A list has fewer items than expected. */
  | 'rlp-missing-item'
  | 'rlp-expected-list'
  | 'rlp-expected-bytes'
  /** A byte string of another length than the field has. */
  | 'bad-length'
  /** An integer or byte string above the field's limit. */
  | 'too-large'
  /** Well-formed, but not a value the field can have. */
  | 'bad-value'
  /** A checksum or MAC that does not fit its bytes: garbled, forged, or meant for someone else. */
  | 'bad-mac'
  /** A signature that no key can have made, or a key that is not a point on the curve. */
  | 'bad-signature'
  /** The compressed stream ends too early, or its length prefix is malformed. */
  | 'snappy-truncated'
  /** The declared size passes the caller's limit or a set multiple of the input: a decompression bomb. */
  | 'snappy-too-large'
  /** The stream does not produce exactly the declared size, or copies from before its start. */
  | 'snappy-corrupt';

/**
 * Bytes from outside that do not decode. Codecs throw it and nothing else; whoever owns the connection catches it once.
 * It never means a bug on our side.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: DecodeErrorCode;

  constructor(code: DecodeErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}
