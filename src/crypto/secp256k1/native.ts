import { createRequire } from 'node:module';
import type { Crypto } from '../crypto.js';
import { checkedCrypto } from './checked.js';

type Secp256k1 = typeof import('secp256k1');

/** `f()`, or undefined if it throws: the addon reports bad points and signatures that way. */
function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}

/** Hands the x coordinate out as it is, where the library would hash the point. */
function takeX(x: Uint8Array, _y: Uint8Array): Uint8Array {
  return x;
}

/**
 * libsecp256k1 as a native addon: tens of thousands of recoveries a second. Undefined where it has no binary.
 * The package's own entry falls back to a slow JavaScript library without a word, so its binding is required by name.
 */
export function loadNativeCrypto(): Crypto | undefined {
  const require = createRequire(import.meta.url);
  const secp = attempt(() => require('secp256k1/bindings') as Secp256k1);
  if (secp === undefined) return undefined;
  // One for all: memory of its own costs an array of more than 64 bytes a microsecond.
  const point = new Uint8Array(65);
  return checkedCrypto({
    name: 'native',
    publicKey: (privateKey) => secp.publicKeyCreate(privateKey, false),
    sign(digest, privateKey) {
      const { signature, recid } = secp.ecdsaSign(digest, privateKey);
      return { signature, recoveryId: recid };
    },
    recover: (digest, signature, recoveryId) =>
      attempt(() => secp.ecdsaRecover(signature, recoveryId, digest, false, point)),
    verify: (digest, signature, publicKey) => attempt(() => secp.ecdsaVerify(signature, digest, publicKey)) ?? false,
    ecdh: (privateKey, publicKey) =>
      attempt(() => secp.ecdh(publicKey, privateKey, { hashfn: takeX }, new Uint8Array(32))),
  });
}
