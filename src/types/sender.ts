import type { Address } from '../base/brand.js';
import { invariant } from '../base/invariant.js';
import { recoverAddress } from '../crypto/address.js';
import type { Transaction } from './transaction.js';
import { signingHash } from './transaction-codec.js';

/** The signer of `tx`: from its cache, else recovered (the dearest thing one can do with it) and cached. Undefined if nobody can have signed it so. */
export function senderOf(tx: Transaction): Address | undefined {
  tx.sender ??= recoverAddress(signingHash(tx), tx.signature);
  return tx.sender;
}

/** Notes the sender that a worker recovered. A transaction has one sender for good. */
export function setSender(tx: Transaction, sender: Address): void {
  invariant(tx.sender === undefined || tx.sender === sender, 'a transaction cannot change its sender');
  tx.sender = sender;
}
