import { pbkdf2Sync } from 'node:crypto';
import { HDKey } from '@scure/bip32';
import * as bip39 from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { invariant } from '../base/invariant.js';

/** The branch under which wallets keep Ethereum accounts: BIP-44 with coin type 60 (SLIP-44), account 0, external. */
const ACCOUNT_BRANCH = "m/44'/60'/0'/0";

/** The English phrase of 12 to 24 words for 16, 20, 24, 28 or 32 bytes of entropy (BIP-39). */
export function mnemonicFromEntropy(entropy: Uint8Array): string {
  return bip39.entropyToMnemonic(entropy, wordlist);
}

/** True for a phrase of English words whose checksum is right (BIP-39). */
export function isMnemonic(text: string): boolean {
  return bip39.validateMnemonic(text, wordlist);
}

/** BIP-39, From mnemonic to seed. */
const SEED_ROUNDS = 2048;
const SEED_BYTES = 64;

/** The 64-byte BIP-39 seed of a valid phrase. OpenSSL takes 1 ms where JavaScript takes 200. */
export function seedFromMnemonic(mnemonic: string, passphrase = ''): Uint8Array {
  const salt = `mnemonic${passphrase}`.normalize('NFKD');
  return new Uint8Array(pbkdf2Sync(mnemonic.normalize('NFKD'), salt, SEED_ROUNDS, SEED_BYTES, 'sha512'));
}

/** The private keys of the first `count` accounts that wallets show for a valid phrase (BIP-44, `m/44'/60'/0'/0/i`). */
export function privateKeysFromMnemonic(mnemonic: string, count: number, passphrase = ''): Uint8Array[] {
  const branch = branchOf(mnemonic, passphrase);
  return Array.from({ length: count }, (_, index) => privateKeyAt(branch, index));
}

/** The private key of account `index` of a valid phrase. For several accounts {@link privateKeysFromMnemonic} is much faster. */
export function privateKeyFromMnemonic(mnemonic: string, index: number, passphrase = ''): Uint8Array {
  return privateKeyAt(branchOf(mnemonic, passphrase), index);
}

function branchOf(mnemonic: string, passphrase: string): HDKey {
  return HDKey.fromMasterSeed(seedFromMnemonic(mnemonic, passphrase)).derive(ACCOUNT_BRANCH);
}

function privateKeyAt(branch: HDKey, index: number): Uint8Array {
  const { privateKey } = branch.deriveChild(index);
  invariant(privateKey, 'a branch derived from a seed has private keys');
  return privateKey;
}
