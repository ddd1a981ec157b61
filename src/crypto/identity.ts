import { concatBytes } from '../base/bytes.js';
import { fromHex, toPublicKey } from '../base/hex.js';
import type { Identity, IdentityScheme } from '../ports/identity.js';
import { nodeIdOf } from './address.js';
import { crypto } from './select.js';

/** The node that holds `privateKey` (32 bytes in 1..n-1, else it throws). The key cannot be read back out of it. */
export function createIdentity(privateKey: Uint8Array): Identity {
  const secret = Uint8Array.from(privateKey);
  const publicKey = toPublicKey(crypto().publicKey(secret));
  return {
    publicKey,
    nodeId: nodeIdOf(publicKey),
    sign(digest) {
      const { bytes, yParity } = crypto().sign(digest, secret);
      return concatBytes(bytes, Uint8Array.of(yParity));
    },
    ecdh: (other) => crypto().ecdh(secret, fromHex(other)),
  };
}

/** The v4 identity scheme of devp2p: secp256k1 and keccak256. */
export const secp256k1Scheme: IdentityScheme = {
  recover(digest, signature) {
    if (signature.length !== 65) return undefined;
    const publicKey = crypto().recover(digest, signature.subarray(0, 64), signature[64] as number);
    return publicKey === undefined ? undefined : toPublicKey(publicKey);
  },
  verify: (digest, signature, publicKey) => crypto().verify(digest, signature, fromHex(publicKey)),
  nodeIdOf,
};
