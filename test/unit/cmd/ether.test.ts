import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEther, parseEther } from '../../../cmd/grapevine/lib/ether.js';

describe('parseEther', () => {
  it.each([
    { text: '1', wei: 10n ** 18n },
    { text: '0.25', wei: 25n * 10n ** 16n },
    { text: '.5', wei: 5n * 10n ** 17n },
    { text: '7.', wei: 7n * 10n ** 18n },
    { text: '1.5ether', wei: 15n * 10n ** 17n },
    { text: ' 2 ETH ', wei: 2n * 10n ** 18n },
    { text: '0.000000000000000001', wei: 1n },
    { text: '0.0000000000000000001', wei: undefined },
    { text: '', wei: undefined },
    { text: '.', wei: undefined },
    { text: '-1', wei: undefined },
    { text: '1e3', wei: undefined },
    { text: '1,5', wei: undefined },
    { text: '0x10', wei: undefined },
  ])('reads "$text"', ({ text, wei }) => {
    expect(parseEther(text)).toBe(wei);
  });

  it('reads what formatEther writes', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), (wei) => parseEther(formatEther(wei)) === wei));
  });
});

describe('formatEther', () => {
  it.each([
    { wei: 0n, text: '0' },
    { wei: 1n, text: '0.000000000000000001' },
    { wei: 15n * 10n ** 17n, text: '1.5' },
    { wei: 10n ** 22n, text: '10000' },
  ])('writes $wei as $text', ({ wei, text }) => {
    expect(formatEther(wei)).toBe(text);
  });
});
