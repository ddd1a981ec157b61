import type { Address } from '../base/brand.js';
import { toAddress } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { addressOf, recoverAddressBytes } from '../crypto/address.js';
import { crypto } from '../crypto/select.js';
import { signedDigest } from './signed-digest.js';
import type { Transaction, UnsignedTransaction } from './transaction.js';
import { signingHash, withSignature } from './transaction-codec.js';

/** The signer of `tx`: from its cache, else recovered (the dearest thing one can do with it) and cached. Undefined if nobody can have signed it so. */
export function senderOf(tx: Transaction): Address | undefined {
  if (tx.sender !== undefined) return tx.sender;
  const bytes = recoverSender(tx.raw);
  if (bytes !== undefined) tx.sender = toAddress(bytes);
  return tx.sender;
}

/** The 20 bytes of the signer's address, out of the network form of a transaction that decodes; undefined if nobody can have signed it so. */
export function recoverSender(raw: Uint8Array): Uint8Array | undefined {
  const signed = signedDigest(raw);
  return signed && recoverAddressBytes(signed.digest, signed.signature, signed.yParity);
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
