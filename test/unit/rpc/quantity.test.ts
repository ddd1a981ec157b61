import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity, quantity } from '../../../src/rpc/quantity.js';

describe('quantity', () => {
  it('writes what it reads', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 256n - 1n), (value) => parseQuantity(quantity(value), 256) === value));
  });

  it.each([
    ['', 'empty hex string'],
    ['1', 'hex string without 0x prefix'],
    ['latest', 'hex string without 0x prefix'],
    ['0x', 'hex string "0x"'],
    ['0x01', 'hex number with leading zero digits'],
    ['0x00', 'hex number with leading zero digits'],
    ['0xg', 'invalid hex string'],
    ['0x-1', 'invalid hex string'],
    [`0x${'f'.repeat(17)}`, 'hex number > 64 bits'],
  ])('refuses %j: %s', (text, fault) => {
    expect(parseQuantity(text, 64)).toBe(fault);
  });

  it('bounds 256-bit numbers', () => {
    expect(parseQuantity(`0x${'f'.repeat(64)}`, 256)).toBe(2n ** 256n - 1n);
    expect(parseQuantity(`0x1${'0'.repeat(64)}`, 256)).toBe('hex number > 256 bits');
  });

  it.each([
    ['0x0', 0n],
    ['0X1f', 31n],
    ['0xFf', 255n],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text, 64)).toBe(value);
  });
});
