import { beforeAll } from 'vitest';
import type { Crypto } from '../../src/crypto/crypto.js';
import { loadNativeCrypto } from '../../src/crypto/secp256k1/native.js';
import { nobleCrypto } from '../../src/crypto/secp256k1/noble.js';
import { createWasmCrypto } from '../../src/crypto/secp256k1/wasm.js';

/**
 * Every secp256k1 implementation that loads here, the reference first. Filled before the suite's first test runs; WebAssembly must
 * load everywhere, the native one may be missing (it has no binary for some platforms).
 */
export function cryptoBackends(): Crypto[] {
  const backends: Crypto[] = [nobleCrypto];
  beforeAll(async () => {
    const wasm = await createWasmCrypto();
    if (wasm === undefined) throw new Error('the WebAssembly implementation did not load');
    backends.push(wasm);
    const native = loadNativeCrypto();
    if (native !== undefined) backends.push(native);
  });
  return backends;
}
