import { keccak_256 } from '@noble/hashes/sha3.js';
import type { IHasher } from 'hash-wasm';
import hashWasm from 'hash-wasm/dist/keccak.umd.min.js';
import type { Hash32 } from '../base/brand.js';
import { toHash32 } from '../base/hex.js';
import { createHashOnce, MAX_ONCE_BYTES } from './keccak-once.js';

/** Some eight times faster than noble, but only ready after {@link initKeccak}. Every call leaves it idle. */
let wasm: IHasher | undefined;
/** For short inputs, which nearly all are, twice as fast again. */
let hashOnce: ((bytes: Uint8Array) => Uint8Array) | undefined;

/** Makes the WebAssembly hasher the one that all functions of this file use. The results stay the same; run it once at start. */
export async function initKeccak(): Promise<void> {
  wasm ??= await hashWasm.createKeccak(256);
  hashOnce ??= createHashOnce();
}

/** The 32 bytes of Keccak-256 (the original padding, not SHA3-256) of `bytes`; a fresh array. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  if (hashOnce !== undefined && bytes.length <= MAX_ONCE_BYTES) return hashOnce(bytes).slice();
  return wasm === undefined ? keccak_256(bytes) : wasm.init().update(bytes).digest('binary');
}

/** Keccak-256 of `bytes` as a hash. */
export function keccak256Hex(bytes: Uint8Array): Hash32 {
  return toHash32(hashOnce !== undefined && bytes.length <= MAX_ONCE_BYTES ? hashOnce(bytes) : keccak256(bytes));
}

/** A hash in the making: the running state of an RLPx MAC. */
export interface Keccak {
  /** Appends `bytes` to what is hashed. */
  update(bytes: Uint8Array): void;
  /** The 32-byte hash of everything so far; more can be appended afterwards. */
  digest(): Uint8Array;
  /** A copy that goes on independently. */
  clone(): Keccak;
}

/** A running Keccak-256 over nothing so far. */
export function createKeccak(): Keccak {
  return wasm === undefined ? new NobleKeccak(keccak_256.create()) : new WasmKeccak(wasm, wasm.init().save());
}

class NobleKeccak implements Keccak {
  readonly #state: ReturnType<typeof keccak_256.create>;

  constructor(state: ReturnType<typeof keccak_256.create>) {
    this.#state = state;
  }

  update(bytes: Uint8Array): void {
    this.#state.update(bytes);
  }

  digest(): Uint8Array {
    return this.#state.clone().digest();
  }

  clone(): Keccak {
    return new NobleKeccak(this.#state.clone());
  }
}

/** Keeps its state outside the one shared hasher and loads it there for each call. */
class WasmKeccak implements Keccak {
  readonly #hasher: IHasher;
  #state: Uint8Array;

  constructor(hasher: IHasher, state: Uint8Array) {
    this.#hasher = hasher;
    this.#state = state;
  }

  update(bytes: Uint8Array): void {
    this.#state = this.#hasher.load(this.#state).update(bytes).save();
  }

  digest(): Uint8Array {
    return this.#hasher.load(this.#state).digest('binary');
  }

  clone(): Keccak {
    return new WasmKeccak(this.#hasher, this.#state);
  }
}
