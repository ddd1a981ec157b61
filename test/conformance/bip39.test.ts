import { HDKey } from '@scure/bip32';
import { expect, it } from 'vitest';
import { isMnemonic, mnemonicFromEntropy, seedFromMnemonic } from '../../src/crypto/mnemonic.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

type Case = readonly [entropy: string, mnemonic: string, seed: string, masterKey: string];

describeVectors('bip39/vectors_english.json', () => {
  const { passphrase, english } = readVector<{ passphrase: string; english: Case[] }>('bip39/vectors_english.json');
  it('has all its cases', () => expect(english.length).toBe(expectedCases('bip39/vectors_english.json')));

  it.each(english)('%s', (entropy, mnemonic, seed, masterKey) => {
    expect(mnemonicFromEntropy(Buffer.from(entropy, 'hex'))).toBe(mnemonic);
    expect(isMnemonic(mnemonic)).toBe(true);
    const made = seedFromMnemonic(mnemonic, passphrase);
    expect(Buffer.from(made).toString('hex')).toBe(seed);
    expect(HDKey.fromMasterSeed(made).privateExtendedKey).toBe(masterKey);
    passed('bip39', entropy);
  });
});
