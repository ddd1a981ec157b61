import type { Random } from '../ports/random.js';

/** FNV-1a of `text`, to 32 bits. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Spreads 32 bits over all others, one to one (the finalizer of MurmurHash3). */
export function mix32(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A stream that is a function of `seed` alone. A fork depends on the seed and its purpose, not on what was drawn before. */
export function seededRandom(seed: number | string): Random {
  return new SeededRandom(String(seed));
}

/** xoshiro128** (Blackman and Vigna): 2^128 - 1 long, good enough for simulations, never for keys. */
class SeededRandom implements Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    this.#name = name;
    this.#a = hash32(`0/${name}`) | 1;
    this.#b = hash32(`1/${name}`) | 0;
    this.#c = hash32(`2/${name}`) | 0;
    this.#d = hash32(`3/${name}`) | 0;
    // The first draws of close seeds look alike.
    for (let i = 0; i < 16; i++) this.#next();
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#next() >>> 24;
    return bytes;
  }

  float(): number {
    return this.#next() / 2 ** 32;
  }

  below(bound: number): number {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  fork(purpose: string): Random {
    return new SeededRandom(`${this.#name}/${purpose}`);
  }

  /** The next 32 bits. */
  #next(): number {
    const [b, d] = [this.#b, this.#d];
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const c = this.#c ^ this.#a;
    const e = d ^ b;
    this.#b = b ^ c;
    this.#a = this.#a ^ e;
    this.#c = c ^ (b << 9);
    this.#d = rotate(e, 11);
    return result;
  }
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
