import { DecodeError } from '../../codec/decode-error.js';
import { type RlpCursor, rlpSequence } from '../../codec/rlp-reader.js';

/** Reads a payload that is one list of at most `maxItems` items, each taken by `read`, with nothing behind it. */
export function readListPayload<T>(payload: Uint8Array, maxItems: number, read: (items: RlpCursor) => T): T[] {
  const message = rlpSequence(payload);
  const values = message.listOf(maxItems, read);
  if (message.hasNext()) throw new DecodeError('rlp-trailing', 'bytes after the list');
  return values;
}
