import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex } from '../../../src/base/brand.js';
import { toHex } from '../../../src/base/hex.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { privateKeysFromMnemonic } from '../../../src/crypto/mnemonic.js';
import type { Genesis } from '../../../src/types/genesis-file.js';
import { formatEther } from '../lib/ether.js';

/** The mnemonic that every development tool knows, so that any tutorial's keys work here. Its keys are public. */
export const DEVNET_MNEMONIC = 'test test test test test test test test test test test junk';

/** An account whose key everybody knows. */
export interface DevAccount {
  readonly address: Address;
  readonly privateKey: Hex;
}

/** The same with what the genesis gives it, as a decimal number of ether. */
export interface FundedAccount extends DevAccount {
  readonly balanceEther: string;
}

/** As many accounts as `genesis/devnet.json` funds. */
const ACCOUNTS = 10;

/** The first accounts of {@link DEVNET_MNEMONIC}, in the order of m/44'/60'/0'/0/i. */
export function devAccounts(): DevAccount[] {
  return privateKeysFromMnemonic(DEVNET_MNEMONIC, ACCOUNTS).map((privateKey) => ({
    address: addressOfPrivateKey(privateKey),
    privateKey: toHex(privateKey),
  }));
}

/** {@link devAccounts} with their balances in `genesis`. */
export function fundedAccounts({ alloc }: Genesis): FundedAccount[] {
  return devAccounts().map((account) => ({
    ...account,
    balanceEther: formatEther(alloc.get(account.address)?.balance ?? 0n),
  }));
}

/** Writes `accounts.json` for scripts. */
export function writeAccounts(folder: string, accounts: readonly FundedAccount[]): void {
  const content = {
    warning: 'PUBLIC TEST KEYS: never use them on a real network',
    mnemonic: DEVNET_MNEMONIC,
    accounts,
  };
  writeFileSync(join(folder, 'accounts.json'), `${JSON.stringify(content, null, 2)}\n`);
}
