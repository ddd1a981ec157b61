import type { PublicKey } from '../../base/brand.js';
import { concatBytes } from '../../base/bytes.js';
import { invariant } from '../../base/invariant.js';
import { DecodeError } from '../../codec/decode-error.js';
import { rlpSequence } from '../../codec/rlp-reader.js';
import { rlpNumber } from '../../codec/rlp-writer.js';
import { compress, decompress } from '../../codec/snappy.js';
import { createIdentity } from '../../crypto/identity.js';
import { randomPrivateKey } from '../../crypto/private-key.js';
import type { Identity } from '../../ports/identity.js';
import type { Random } from '../../ports/random.js';
import { type Channel, type ChannelEvent, MAX_HELLO_BYTES, MAX_MESSAGE_BYTES } from '../channel.js';
import { disconnect } from '../p2p/disconnect.js';
import { StreamBuffer } from '../stream-buffer.js';
import { FrameReader, FrameWriter } from './frame.js';
import { openAck, openAuth, packetLength, SIZE_PREFIX_LENGTH, sealAck, sealAuth } from './handshake.js';
import { deriveSecrets, type SessionSecrets } from './secrets.js';

/** Who speaks to whom. */
export interface RlpxOptions {
  readonly identity: Identity;
  readonly random: Random;
  /** Whom we dial; left out on the accepting side, which learns it from the handshake. */
  readonly remote?: PublicKey;
}

/** A message code on the wire: far more than all protocols together reserve, and two bytes at most. */
const MAX_CODE = 0xffff;
/** The code in front of the payload, and what Snappy adds to an incompressible one: its length and a tag per 64 KiB. */
const FRAME_OVERHEAD = 1024;

type Stage =
  | { readonly kind: 'handshake' }
  | { readonly kind: 'open'; readonly reader: FrameReader; readonly writer: FrameWriter };

/**
 * An RLPx connection (devp2p rlpx.md, EIP-8, EIP-706) from the first byte on. If `remote` is given but is no point on
 * the curve, `open` throws `DecodeError`: it came from outside.
 */
export function createRlpxChannel(options: RlpxOptions): Channel {
  return new RlpxChannel(options);
}

class RlpxChannel implements Channel {
  readonly #options: RlpxOptions;
  readonly #ephemeral: Identity;
  readonly #nonce: Uint8Array;
  readonly #stream = new StreamBuffer();
  #auth: Uint8Array | undefined;
  /** The size prefix of the handshake packet under way and its first byte, when they have come. */
  #packetHead: Uint8Array | undefined;
  #stage: Stage = { kind: 'handshake' };
  #compressing = false;
  #maxBytesOf: (code: number) => number = () => MAX_HELLO_BYTES;
  #maxFrameBytes = MAX_HELLO_BYTES + FRAME_OVERHEAD;

  constructor(options: RlpxOptions) {
    this.#options = options;
    this.#ephemeral = createIdentity(randomPrivateKey(options.random));
    this.#nonce = options.random.bytes(32);
  }

  open(): Uint8Array | undefined {
    const { identity, random, remote } = this.#options;
    if (remote === undefined) return undefined;
    this.#auth = sealAuth(random, identity, this.#ephemeral, this.#nonce, remote);
    if (this.#auth === undefined) throw new DecodeError('bad-signature', 'the node to dial has no valid public key');
    return this.#auth;
  }

  *feed(data: Uint8Array): Generator<ChannelEvent, void, undefined> {
    this.#stream.push(data);
    if (this.#stage.kind === 'handshake') {
      const packet = this.#handshakePacket();
      if (packet === undefined) return;
      yield this.#options.remote === undefined ? this.#accept(packet) : this.#complete(packet, this.#options.remote);
    }
    for (;;) {
      const message = this.#message();
      if (message === undefined) return;
      yield message;
    }
  }

  seal(code: number, payload: Uint8Array): Uint8Array {
    invariant(this.#stage.kind === 'open', 'nothing can be sent before the handshake is over');
    invariant(payload.length <= MAX_MESSAGE_BYTES, `a message of ${payload.length} bytes`);
    return this.#stage.writer.seal(rlpNumber(code), this.#compressing ? compress(payload) : payload);
  }

  enableSnappy(maxBytesOf: (code: number) => number = () => MAX_MESSAGE_BYTES): void {
    this.#compressing = true;
    this.#maxBytesOf = (code) => Math.min(maxBytesOf(code), MAX_MESSAGE_BYTES);
    this.#maxFrameBytes = MAX_MESSAGE_BYTES + FRAME_OVERHEAD;
  }

  /** The remote's handshake packet, size prefix included; undefined until it is whole. */
  #handshakePacket(): Uint8Array | undefined {
    this.#packetHead ??= this.#stream.take(SIZE_PREFIX_LENGTH + 1)?.slice();
    const head = this.#packetHead;
    if (head === undefined) return undefined;
    const rest = this.#stream.take(packetLength(head, head[SIZE_PREFIX_LENGTH] as number) - 1);
    return rest === undefined ? undefined : concatBytes(head, rest);
  }

  #accept(auth: Uint8Array): ChannelEvent {
    const { identity, random } = this.#options;
    const { publicKey, ephemeralKey, nonce } = openAuth(identity, auth);
    const ack = sealAck(random, { ephemeralKey: this.#ephemeral.publicKey, nonce: this.#nonce }, publicKey);
    // Its ECDH was computed when the auth packet was opened, so the key is a point.
    invariant(ack !== undefined, 'a key that was on the curve no longer is');
    this.#establish(
      deriveSecrets({
        ephemeralSecret: this.#ephemeralSecret(ephemeralKey),
        initiatorNonce: nonce,
        recipientNonce: this.#nonce,
        auth,
        ack,
      }),
      'fromInitiator',
    );
    return { kind: 'established', remote: publicKey, send: ack };
  }

  #complete(ack: Uint8Array, remote: PublicKey): ChannelEvent {
    invariant(this.#auth !== undefined, 'an initiator that was not opened cannot be answered');
    const { ephemeralKey, nonce } = openAck(this.#options.identity, ack);
    this.#establish(
      deriveSecrets({
        ephemeralSecret: this.#ephemeralSecret(ephemeralKey),
        initiatorNonce: this.#nonce,
        recipientNonce: nonce,
        auth: this.#auth,
        ack,
      }),
      'fromRecipient',
    );
    return { kind: 'established', remote };
  }

  #ephemeralSecret(remote: PublicKey): Uint8Array {
    const secret = this.#ephemeral.ecdh(remote);
    // An invalid point here is the invalid-curve attack (A41): a real client never sends one.
    if (secret === undefined) throw new DecodeError('bad-signature', 'the ephemeral key is not on the curve');
    return secret;
  }

  #establish(secrets: SessionSecrets, incoming: keyof SessionSecrets): void {
    const outgoing = incoming === 'fromInitiator' ? 'fromRecipient' : 'fromInitiator';
    this.#stage = {
      kind: 'open',
      reader: new FrameReader(secrets[incoming]),
      writer: new FrameWriter(secrets[outgoing]),
    };
  }

  #message(): ChannelEvent | undefined {
    if (this.#stage.kind !== 'open') return undefined;
    const frame = this.#stage.reader.next(this.#stream, this.#maxFrameBytes);
    if (frame === undefined) return undefined;
    const fields = rlpSequence(frame);
    const code = fields.number();
    if (code > MAX_CODE) throw new DecodeError('too-large', `message code ${code}`);
    const body = frame.subarray(rlpNumber(code).length);
    const maxBytes = this.#maxBytesOf(code);
    if (this.#compressing) return { kind: 'message', code, payload: inflate(code, body, maxBytes) };
    if (body.length > maxBytes) throw new DecodeError('too-large', `${body.length} bytes, at most ${maxBytes}`);
    return { kind: 'message', code, payload: body };
  }
}

/**
 * The payload of a message behind Hello. Disconnect may come as it is: clients send it so, before they have seen our Hello or
 * whenever they leave (ethereumjs), and no reason reads as Snappy: it would declare more bytes than follow.
 */
function inflate(code: number, body: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return decompress(body, maxBytes);
  } catch (error) {
    if (code === disconnect.code && error instanceof DecodeError && body.length <= maxBytes) return body;
    throw error;
  }
}
