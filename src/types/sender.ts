import type { Address } from '../base/brand.js';
import { invariant } from '../base/invariant.js';
import { addressOf, recoverAddress } from '../crypto/address.js';
import { crypto } from '../crypto/select.js';
import type { Transaction, UnsignedTransaction } from './transaction.js';
import { signedHash, signingHash, withSignature } from './transaction-codec.js';

/** The signer of `tx`: from its cache, else recovered (the dearest thing one can do with it) and cached. Undefined if nobody can have signed it so. */
export function senderOf(tx: Transaction): Address | undefined {
  tx.sender ??= recoverAddress(signedHash(tx), tx.signature);
  return tx.sender;
}

/** Notes the sender that a worker recovered. A transaction has one sender for good. */
export function setSender(tx: Transaction, sender: Address): void {
  invariant(tx.sender === undefined || tx.sender === sender, 'a transaction cannot change its sender');
  tx.sender = sender;
}

/** `unsigned` signed with `privateKey` (32 bytes; RFC 6979, low s), sender known. */
export function signTransaction(unsigned: UnsignedTransaction, privateKey: Uint8Array): Transaction {
  const { r, s, yParity } = crypto().sign(signingHash(unsigned), privateKey);
  const tx = withSignature(unsigned, { r, s, yParity });
  setSender(tx, addressOf(crypto().publicKey(privateKey)));
  return tx;
}
