import { describe, expect, it } from 'vitest';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import {
  isMnemonic,
  mnemonicFromEntropy,
  privateKeyFromMnemonic,
  privateKeysFromMnemonic,
} from '../../../src/crypto/mnemonic.js';

const JUNK = 'test test test test test test test test test test test junk';

describe('mnemonics', () => {
  it('give the accounts that every development tool knows', () => {
    expect(privateKeysFromMnemonic(JUNK, 3).map(addressOfPrivateKey)).toEqual([
      '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
      '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
      '0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc',
    ]);
    expect(addressOfPrivateKey(privateKeyFromMnemonic(JUNK, 1))).toBe('0x70997970c51812dc3a010c7d01b50e0d17dc79c8');
  });

  it('give other accounts with a pass phrase', () => {
    expect(privateKeyFromMnemonic(JUNK, 0, 'vine')).not.toEqual(privateKeyFromMnemonic(JUNK, 0));
  });

  const texts = [
    { name: 'a good phrase', text: JUNK, valid: true },
    { name: 'a fresh phrase', text: mnemonicFromEntropy(new Uint8Array(32).fill(3)), valid: true },
    { name: 'a wrong checksum', text: JUNK.replace('junk', 'test'), valid: false },
    { name: 'an unknown word', text: JUNK.replace('junk', 'grapevine'), valid: false },
    { name: 'a word too few', text: JUNK.replace('test ', ''), valid: false },
    { name: 'nothing', text: '', valid: false },
  ];
  it.each(texts)('are judged: $name', ({ text, valid }) => {
    expect(isMnemonic(text)).toBe(valid);
  });
});
