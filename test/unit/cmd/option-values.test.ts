import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { address, bigInteger, integerIn, list, port } from '../../../cmd/grapevine/lib/option-values.js';

describe('option values', () => {
  it.each([
    { name: 'the least', text: '1', value: 1 },
    { name: 'the most', text: '16', value: 16 },
    { name: 'leading zeros', text: '007', value: 7 },
  ])('integerIn takes $name', ({ text, value }) => {
    expect(integerIn(1, 16)(text)).toBe(value);
  });

  it.each(['0', '17', '-1', '1.5', '1e1', '0x1', '', ' 1'])('integerIn refuses "%s" and names the bounds', (text) => {
    expect(() => integerIn(1, 16)(text)).toThrow('whole number from 1 to 16');
  });

  it('port takes 0 to 65535', () => {
    expect([port('0'), port('65535')]).toEqual([0, 65_535]);
    expect(() => port('65536')).toThrow(InvalidArgumentError);
  });

  it('bigInteger has no upper bound', () => {
    expect(bigInteger(String(2n ** 200n))).toBe(2n ** 200n);
    expect(() => bigInteger('-1')).toThrow(InvalidArgumentError);
  });

  it.each([
    { text: '', items: [] },
    { text: 'a', items: ['a'] },
    { text: ' a , ,b,', items: ['a', 'b'] },
  ])('list parts "$text"', ({ text, items }) => {
    expect(list(text)).toEqual(items);
  });

  it('address lowers the case and refuses what is none', () => {
    expect(address('0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266')).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
    expect(() => address('0x12')).toThrow('An address is 0x and 40 hex digits.');
  });
});
