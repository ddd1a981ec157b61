import { addressOf } from '../crypto/address.js';
import { crypto } from '../crypto/select.js';
import { setSender } from './sender.js';
import type { Transaction, UnsignedTransaction } from './transaction.js';
import { signingHash, withSignature } from './transaction-codec.js';

/** `unsigned` signed with `privateKey` (32 bytes; RFC 6979, low s), sender known. */
export function signTransaction(unsigned: UnsignedTransaction, privateKey: Uint8Array): Transaction {
  const { r, s, yParity } = crypto().sign(signingHash(unsigned), privateKey);
  const tx = withSignature(unsigned, { r, s, yParity });
  setSender(tx, addressOf(crypto().publicKey(privateKey)));
  return tx;
}
