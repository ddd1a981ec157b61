import { HDKey } from '@scure/bip32';
import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { invariant } from '../base/invariant.js';

/** The branch under which wallets keep Ethereum accounts: BIP-44 with coin type 60 (SLIP-44), account 0, external. */
const ACCOUNT_BRANCH = "m/44'/60'/0'/0";

/** The English phrase of 12 to 24 words for 16, 20, 24, 28 or 32 bytes of entropy (BIP-39). */
export function entropyToPhrase(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist);
}

/** True for a phrase of English words whose checksum is right (BIP-39). */
export function isPhrase(text: string): boolean {
  return validateMnemonic(text, wordlist);
}

/** The 64-byte BIP-39 seed of a valid phrase. */
export function phraseToSeed(phrase: string, passphrase = ''): Uint8Array {
  return mnemonicToSeedSync(phrase, passphrase);
}

/** The private keys of the first `count` accounts that a wallet shows for a valid phrase (BIP-44, `m/44'/60'/0'/0/i`). */
export function phraseToPrivateKeys(phrase: string, count: number, passphrase = ''): Uint8Array[] {
  const branch = HDKey.fromMasterSeed(phraseToSeed(phrase, passphrase)).derive(ACCOUNT_BRANCH);
  return Array.from({ length: count }, (_, index) => {
    const { privateKey } = branch.deriveChild(index);
    invariant(privateKey, 'a branch derived from a seed has private keys');
    return privateKey;
  });
}
