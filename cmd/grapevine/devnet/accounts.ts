import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../../src/base/hex.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { privateKeysFromMnemonic } from '../../../src/crypto/mnemonic.js';

/** The mnemonic that every development tool knows, so that any tutorial's keys work here. Its keys are public. */
export const DEVNET_MNEMONIC = 'test test test test test test test test test test test junk';

/** An account that the genesis funds. */
export interface DevAccount {
  readonly address: string;
  readonly privateKey: string;
  readonly balanceEther: number;
}

/** As many accounts as `genesis/devnet.json` funds. */
const ACCOUNTS = 10;
const BALANCE_ETHER = 10_000;

/** The funded accounts, in the order of m/44'/60'/0'/0/i. */
export function devAccounts(): DevAccount[] {
  return privateKeysFromMnemonic(DEVNET_MNEMONIC, ACCOUNTS).map((privateKey) => ({
    address: addressOfPrivateKey(privateKey),
    privateKey: toHex(privateKey),
    balanceEther: BALANCE_ETHER,
  }));
}

/** Writes `accounts.json` for scripts. */
export function writeAccounts(folder: string, accounts: readonly DevAccount[]): void {
  const content = {
    warning: 'PUBLIC TEST KEYS: never use them on a real network',
    mnemonic: DEVNET_MNEMONIC,
    accounts,
  };
  writeFileSync(join(folder, 'accounts.json'), `${JSON.stringify(content, null, 2)}\n`);
}
