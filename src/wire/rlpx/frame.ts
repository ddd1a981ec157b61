import { bytesEqual } from '../../base/bytes.js';
import { invariant } from '../../base/invariant.js';
import { DecodeError } from '../../codec/decode-error.js';
import { createAesCtr, type StreamCipher } from '../../crypto/aes-ctr.js';
import type { StreamBuffer } from '../stream-buffer.js';
import { FrameMac, MAC_LENGTH } from './frame-mac.js';
import type { DirectionSecrets } from './secrets.js';

const HEADER_LENGTH = 16;
/** Header data: capability id and context id, both 0 and used by nobody (devp2p rlpx.md, Framing): rlp([0, 0]). */
const HEADER_DATA = Uint8Array.of(0xc2, 0x80, 0x80);
/** The size field has three bytes. */
const MAX_FRAME_BYTES = 0xffffff;
/** The counter starts at zero: each direction of each connection has a key of its own. */
const ZERO_IV = new Uint8Array(16);

/** Frame content is padded with zeros to whole AES blocks. */
const padded = (length: number): number => Math.ceil(length / 16) * 16;

/** Encrypts one direction of a connection, frame by frame. */
export class FrameWriter {
  readonly #cipher: StreamCipher;
  readonly #mac: FrameMac;

  constructor({ aesSecret, macSecret, macSeed }: DirectionSecrets) {
    this.#cipher = createAesCtr(aesSecret, ZERO_IV);
    this.#mac = new FrameMac(macSecret, macSeed);
  }

  /** `head` and `body`, one behind the other, as a whole frame: header, its MAC, content, its MAC. */
  seal(head: Uint8Array, body: Uint8Array): Uint8Array {
    const size = head.length + body.length;
    invariant(size > 0 && size <= MAX_FRAME_BYTES, `a frame of ${size} bytes`);
    const plainHeader = new Uint8Array(HEADER_LENGTH);
    plainHeader.set([size >> 16, (size >> 8) & 0xff, size & 0xff]);
    plainHeader.set(HEADER_DATA, 3);
    const header = this.#cipher(plainHeader);
    const content = new Uint8Array(padded(size));
    content.set(head);
    content.set(body, head.length);
    const ciphertext = this.#cipher(content);

    const frame = new Uint8Array(HEADER_LENGTH + MAC_LENGTH + ciphertext.length + MAC_LENGTH);
    frame.set(header);
    frame.set(this.#mac.header(header), HEADER_LENGTH);
    frame.set(ciphertext, HEADER_LENGTH + MAC_LENGTH);
    frame.set(this.#mac.frame(ciphertext), frame.length - MAC_LENGTH);
    return frame;
  }
}

/** Decrypts one direction of a connection. A size is judged, and memory set aside for it, only once its MAC is right. */
export class FrameReader {
  readonly #cipher: StreamCipher;
  readonly #mac: FrameMac;
  /** Content bytes of the frame whose header was read. */
  #size: number | undefined;

  constructor({ aesSecret, macSecret, macSeed }: DirectionSecrets) {
    this.#cipher = createAesCtr(aesSecret, ZERO_IV);
    this.#mac = new FrameMac(macSecret, macSeed);
  }

  /** The content of the stream's next frame, of 1 to `maxBytes` bytes, in memory of its own; undefined until it is whole. */
  next(stream: StreamBuffer, maxBytes: number): Uint8Array | undefined {
    this.#size ??= this.#readHeader(stream, maxBytes);
    if (this.#size === undefined) return undefined;
    const length = padded(this.#size);
    const frame = stream.take(length + MAC_LENGTH);
    if (frame === undefined) return undefined;
    const ciphertext = frame.subarray(0, length);
    if (!bytesEqual(this.#mac.frame(ciphertext), frame.subarray(length))) throw new DecodeError('bad-mac', 'frame MAC');
    const content = this.#cipher(ciphertext).subarray(0, this.#size);
    this.#size = undefined;
    return content;
  }

  #readHeader(stream: StreamBuffer, maxBytes: number): number | undefined {
    const bytes = stream.take(HEADER_LENGTH + MAC_LENGTH);
    if (bytes === undefined) return undefined;
    const ciphertext = bytes.subarray(0, HEADER_LENGTH);
    // No timing leak to care for: the first wrong MAC ends the connection, and the next one has other keys.
    if (!bytesEqual(this.#mac.header(ciphertext), bytes.subarray(HEADER_LENGTH))) {
      throw new DecodeError('bad-mac', 'header MAC');
    }
    const header = this.#cipher(ciphertext);
    const size = ((header[0] as number) << 16) | ((header[1] as number) << 8) | (header[2] as number);
    if (size === 0) throw new DecodeError('bad-length', 'an empty frame');
    if (size > maxBytes) throw new DecodeError('too-large', `a frame of ${size} bytes, at most ${maxBytes}`);
    return size;
  }
}
