import type { Address } from '../../base/brand.js';
import { addressOfPrivateKey } from '../../crypto/address.js';
import type { Random } from '../../ports/random.js';
import type { Transaction } from '../../types/transaction.js';
import type { SimNode } from '../machines/sim-node.js';
import type { Fidelity } from '../world.js';
import { honestSigner, quickSigner, type Signer } from './quick-signer.js';

/** A user with a wallet, and the node that the wallet talks to. */
export interface Account {
  readonly address: Address;
  readonly sign: Signer;
  /** Of its next transaction. */
  nonce: bigint;
  /** Its node; another is chosen when that is gone. */
  node: SimNode | undefined;
  /** A node has not answered yet; the next transaction waits for that. */
  busy: boolean;
  /** What a node took from it and it has not seen mined yet, in the order of nonces. */
  open: Transaction[];
}

/** So many accounts, their keys drawn from `random`. In exact fidelity they sign as wallets do. */
export function createAccounts(count: number, fidelity: Fidelity, random: Random): Account[] {
  return Array.from({ length: count }, () => {
    const privateKey = random.bytes(32);
    // Below the order of the group, whatever else was drawn.
    privateKey[0] = 1;
    const sign = fidelity === 'exact' ? honestSigner(privateKey) : quickSigner(privateKey);
    const address = addressOfPrivateKey(privateKey);
    return { address, sign, nonce: 0n, node: undefined, busy: false, open: [] };
  });
}
