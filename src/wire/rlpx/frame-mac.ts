import { createAesBlock } from '../../crypto/aes-block.js';
import { createKeccak, type Keccak } from '../../crypto/keccak.js';

/** Bytes of a MAC on the wire, and of an AES block. */
export const MAC_LENGTH = 16;

/** The running MAC over one direction of a connection (devp2p rlpx.md, MAC). Each call moves it on. */
export class FrameMac {
  readonly #state: Keccak = createKeccak();
  readonly #mix: (block: Uint8Array) => Uint8Array;

  /** `seed` is what the handshake starts this direction's hash with. */
  constructor(macSecret: Uint8Array, seed: Uint8Array) {
    this.#mix = createAesBlock(macSecret);
    this.#state.update(seed);
  }

  /** The MAC of a header of 16 encrypted bytes. */
  header(ciphertext: Uint8Array): Uint8Array {
    return this.#mixIn(this.#state.digest(), ciphertext);
  }

  /** The MAC of a frame's encrypted content. */
  frame(ciphertext: Uint8Array): Uint8Array {
    this.#state.update(ciphertext);
    const digest = this.#state.digest();
    return this.#mixIn(digest, digest);
  }

  #mixIn(digest: Uint8Array, other: Uint8Array): Uint8Array {
    const seed = Uint8Array.from(this.#mix(digest.subarray(0, MAC_LENGTH)));
    for (let i = 0; i < MAC_LENGTH; i++) seed[i] = (seed[i] as number) ^ (other[i] as number);
    this.#state.update(seed);
    return this.#state.digest().subarray(0, MAC_LENGTH);
  }
}
