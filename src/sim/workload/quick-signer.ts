import { asBuffer } from '../../base/bytes.js';
import { addressOf } from '../../crypto/address.js';
import { crypto } from '../../crypto/select.js';
import { setSender, signTransaction } from '../../types/sender.js';
import type { Transaction, UnsignedTransaction } from '../../types/transaction.js';
import { signingHash, withSignature } from '../../types/transaction-codec.js';

/** Signs the transactions of one account. */
export type Signer = (unsigned: UnsignedTransaction) => Transaction;

/** Order of the group of secp256k1 (SEC 2, 2.4.1). */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const ONE = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0));

const bigIntOf = (bytes: Uint8Array): bigint => BigInt(`0x${asBuffer(bytes).toString('hex')}`);

/** Signs as a wallet does. */
export function honestSigner(privateKey: Uint8Array): Signer {
  return (unsigned) => signTransaction(unsigned, privateKey);
}

/**
 * Signs in microseconds what every node accepts, for accounts that own nothing real: ECDSA (SEC 1, 4.1.3) with the nonce 1
 * always, so that no point is multiplied. Each signature gives its private key away.
 */
export function quickSigner(privateKey: Uint8Array): Signer {
  const sender = addressOf(crypto().publicKey(privateKey));
  const generator = crypto().publicKey(ONE);
  const r = bigIntOf(generator.subarray(0, 32)) % N;
  const parity = (generator[63] as number) & 1;
  const rd = (r * bigIntOf(privateKey)) % N;
  return (unsigned) => {
    const s = (bigIntOf(signingHash(unsigned)) + rd) % N;
    // The other root has the other parity; only the lower s is allowed (EIP-2).
    const isHigh = s > N / 2n;
    const yParity = (isHigh ? 1 - parity : parity) as 0 | 1;
    const tx = withSignature(unsigned, { r, s: isHigh ? N - s : s, yParity });
    setSender(tx, sender);
    return tx;
  };
}
