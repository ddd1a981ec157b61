import type { Crypto, CryptoName } from './crypto.js';
import { initKeccak } from './keccak.js';
import { loadNativeCrypto } from './secp256k1/native.js';
import { nobleCrypto } from './secp256k1/noble.js';
import { createWasmCrypto } from './secp256k1/wasm.js';

let current: Crypto = nobleCrypto;

/** The implementation in use: noble until {@link useCrypto} or {@link selectCrypto} names another. */
export function crypto(): Crypto {
  return current;
}

/** Makes `chosen` the implementation that {@link crypto} gives. */
export function useCrypto(chosen: Crypto): void {
  current = chosen;
}

/**
 * Loads the fastest implementation that works here (native, then WebAssembly, then JavaScript), starting at `prefer`,
 * makes it the one in use, and readies the fast keccak. Never fails: the last one needs nothing.
 */
export async function selectCrypto(prefer: CryptoName = 'native'): Promise<Crypto> {
  await initKeccak();
  let chosen: Crypto | undefined;
  if (prefer === 'native') chosen = loadNativeCrypto();
  if (prefer !== 'noble') chosen ??= await createWasmCrypto();
  useCrypto(chosen ?? nobleCrypto);
  return crypto();
}
