import type { PublicKey } from '../base/brand.js';
import { bytesToNumber } from '../base/bytes.js';
import { fromHex, toPublicKey } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { DecodeError } from '../codec/decode-error.js';
import { type Channel, type ChannelEvent, MAX_HELLO_BYTES, MAX_MESSAGE_BYTES } from './channel.js';
import { StreamBuffer } from './stream-buffer.js';

const KEY_LENGTH = 64;
/** Length of the payload in 4 bytes, message code in 2, both big-endian. */
const LENGTH_BYTES = 4;
const HEADER_LENGTH = 6;

/** Who speaks to whom. */
export interface PlainOptions {
  readonly publicKey: PublicKey;
  /** Whom we dial; left out on the accepting side. */
  readonly remote?: PublicKey;
}

/**
 * A channel that proves and hides nothing: each side first sends its key, then messages behind their length. It is for
 * simulated networks, where thousands of nodes share a process and no one is outside; it must never meet a socket.
 */
export function createPlainChannel({ publicKey, remote }: PlainOptions): Channel {
  const stream = new StreamBuffer();
  let established = false;
  let header: { readonly length: number; readonly code: number } | undefined;
  let maxBytesOf: (code: number) => number = () => MAX_HELLO_BYTES;

  const readKey = (): ChannelEvent | undefined => {
    const key = stream.take(KEY_LENGTH);
    if (key === undefined) return undefined;
    established = true;
    const theirs = toPublicKey(key);
    if (remote === undefined) return { kind: 'established', remote: theirs, send: fromHex(publicKey) };
    if (theirs !== remote) throw new DecodeError('bad-signature', 'another node than the one that was dialed');
    return { kind: 'established', remote };
  };

  const readHeader = (): typeof header => {
    const bytes = stream.take(HEADER_LENGTH);
    if (bytes === undefined) return undefined;
    const length = bytesToNumber(bytes, 0, LENGTH_BYTES);
    const code = bytesToNumber(bytes, LENGTH_BYTES, HEADER_LENGTH);
    const maxBytes = maxBytesOf(code);
    if (length > maxBytes) throw new DecodeError('too-large', `${length} bytes, at most ${maxBytes}`);
    return { length, code };
  };

  const readMessage = (): ChannelEvent | undefined => {
    header ??= readHeader();
    if (header === undefined) return undefined;
    const payload = header.length === 0 ? new Uint8Array(0) : stream.take(header.length);
    if (payload === undefined) return undefined;
    const { code } = header;
    header = undefined;
    return { kind: 'message', code, payload };
  };

  const readNext = (): ChannelEvent | undefined => (established ? readMessage() : readKey());

  return {
    open: () => (remote === undefined ? undefined : fromHex(publicKey)),
    feed(data) {
      stream.push(data);
      return eventsOf(readNext);
    },
    seal(code, payload) {
      invariant(established, 'nothing can be sent before the keys are exchanged');
      invariant(payload.length <= MAX_MESSAGE_BYTES, `a message of ${payload.length} bytes`);
      const bytes = new Uint8Array(HEADER_LENGTH + payload.length);
      writeNumber(bytes, 0, LENGTH_BYTES, payload.length);
      writeNumber(bytes, LENGTH_BYTES, HEADER_LENGTH, code);
      bytes.set(payload, HEADER_LENGTH);
      return bytes;
    },
    enableSnappy(limit = () => MAX_MESSAGE_BYTES) {
      maxBytesOf = (code) => Math.min(limit(code), MAX_MESSAGE_BYTES);
    },
  };
}

function writeNumber(into: Uint8Array, from: number, to: number, value: number): void {
  for (let at = to - 1, rest = value; at >= from; at--, rest >>>= 8) into[at] = rest & 0xff;
}

/** Reads until there is nothing. One for all channels: a generator function of each one's own would bring a prototype and its shapes. */
function* eventsOf(read: () => ChannelEvent | undefined): Generator<ChannelEvent, void, undefined> {
  for (let event = read(); event !== undefined; event = read()) yield event;
}
