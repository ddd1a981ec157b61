import type { Random } from '../ports/random.js';

/** FNV-1a of `text`, to 32 bits. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The next 32 bits of a stream (xoshiro128**, Blackman and Vigna): 2^128 - 1 long, good enough for simulations, never for keys. */
function createStream(seed: string): () => number {
  const state = Uint32Array.from([0, 1, 2, 3], (i) => hash32(`${i}/${seed}`) | (i === 0 ? 1 : 0));
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  return () => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    state.set([a ^ b ^ d, b ^ a ^ c, c ^ a ^ (b << 9), rotate(d ^ b, 11)]);
    return result;
  };
}

/** A stream that is a function of `seed` alone. A fork depends on the seed and its purpose, not on what was drawn before. */
export function seededRandom(seed: number | string): Random {
  const name = String(seed);
  const next = createStream(name);
  // The first draws of close seeds look alike.
  for (let i = 0; i < 16; i++) next();
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
    float: () => next() / 2 ** 32,
    below: (bound) => Math.floor((next() / 2 ** 32) * bound),
    fork: (purpose) => seededRandom(`${name}/${purpose}`),
  };
}
