import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.js';
import { createAesBlock } from '../../../src/crypto/aes-block.js';
import { aesCtr, createAesCtr } from '../../../src/crypto/aes-ctr.js';

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const PLAIN = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51';
const COUNTER = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';
const KEY_256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';

// NIST SP 800-38A, F.5.1 and F.5.5: two blocks each.
const ctr = [
  {
    name: 'AES-128',
    key: '2b7e151628aed2a6abf7158809cf4f3c',
    cipher: '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff',
  },
  { name: 'AES-256', key: KEY_256, cipher: '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5' },
];

describe('counter mode', () => {
  it.each(ctr)('$name encrypts and decrypts', ({ key, cipher }) => {
    expect(hexOf(aesCtr(hex(key), hex(COUNTER), hex(PLAIN)))).toBe(cipher);
    expect(hexOf(aesCtr(hex(key), hex(COUNTER), hex(cipher)))).toBe(PLAIN);
  });

  it('goes on where the last piece ended', () => {
    const stream = createAesCtr(hex(KEY_256), hex(COUNTER));
    const plain = hex(PLAIN);
    const pieces = [plain.subarray(0, 1), plain.subarray(1, 20), plain.subarray(20)].map(stream);
    expect(hexOf(concatBytes(...pieces))).toBe(ctr[1]?.cipher);
  });
});

describe('single blocks', () => {
  it('AES-256 encrypts each by itself', () => {
    // NIST SP 800-38A, F.1.5.
    const encrypt = createAesBlock(hex(KEY_256));
    expect(hexOf(encrypt(hex(PLAIN).subarray(0, 16)))).toBe('f3eed1bdb5d2a03c064b5a7e3db181f8');
    expect(hexOf(encrypt(hex(PLAIN).subarray(16)))).toBe('591ccb10d410ed26dc5ba74a31362870');
    expect(hexOf(encrypt(hex(PLAIN).subarray(0, 16)))).toBe('f3eed1bdb5d2a03c064b5a7e3db181f8');
  });
});
