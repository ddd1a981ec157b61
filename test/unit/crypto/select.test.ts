import { afterAll, describe, expect, it } from 'vitest';
import { loadNativeCrypto } from '../../../src/crypto/secp256k1/native.js';
import { nobleCrypto } from '../../../src/crypto/secp256k1/noble.js';
import { crypto, selectCrypto, useCrypto } from '../../../src/crypto/select.js';

afterAll(() => useCrypto(nobleCrypto));

describe('selectCrypto', () => {
  it('is preceded by the reference implementation', () => {
    expect(crypto()).toBe(nobleCrypto);
  });

  const fastest = loadNativeCrypto() === undefined ? 'wasm' : 'native';
  it.each([
    { prefer: undefined, name: fastest },
    { prefer: 'native' as const, name: fastest },
    { prefer: 'wasm' as const, name: 'wasm' },
    { prefer: 'noble' as const, name: 'noble' },
  ])('prefers $prefer', async ({ prefer, name }) => {
    const chosen = await selectCrypto(prefer);
    expect(chosen.name).toBe(name);
    expect(crypto()).toBe(chosen);
  });
});
