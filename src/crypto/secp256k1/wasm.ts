import { InvariantError } from '../../base/invariant.js';
import type { Crypto } from '../crypto.js';
import { checkedCrypto } from './checked.js';

/** `result` unless it is one of the library's error messages. */
function valueOrUndefined<T>(result: T | string): T | undefined {
  return typeof result === 'string' ? undefined : result;
}

/** As {@link valueOrUndefined}, for calls that cannot fail on checked input. */
function valueOrThrow<T>(result: T | string): T {
  if (typeof result === 'string') throw new InvariantError(result);
  return result;
}

/**
 * libsecp256k1 compiled to WebAssembly: thousands of recoveries a second on any platform. Undefined where WebAssembly
 * is switched off. Multiplication by a secret (`ecdh`) is not constant-time here, unlike in the native one.
 */
export async function createWasmCrypto(): Promise<Crypto | undefined> {
  // Loaded on demand: most hosts have the native one and the library is large.
  const secp = await import('@bitauth/libauth').then(
    (libauth) => libauth.instantiateSecp256k1(),
    () => undefined,
  );
  if (secp === undefined) return undefined;
  return checkedCrypto({
    name: 'wasm',
    publicKey: (privateKey) => valueOrThrow(secp.derivePublicKeyUncompressed(privateKey)),
    sign: (digest, privateKey) => valueOrThrow(secp.signMessageHashRecoverableCompact(privateKey, digest)),
    recover: (digest, signature, recoveryId) =>
      valueOrUndefined(secp.recoverPublicKeyUncompressed(signature, recoveryId, digest)),
    verify: (digest, signature, publicKey) => secp.verifySignatureCompactLowS(signature, publicKey, digest),
    ecdh: (privateKey, publicKey) => valueOrUndefined(secp.mulTweakPublicKeyUncompressed(publicKey, privateKey)),
  });
}
