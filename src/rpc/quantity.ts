/** An integer >= 0 as JSON-RPC writes it: `0x`, no leading zeros, `0x0` for zero. */
export const quantity = (value: bigint | number): string => `0x${value.toString(16)}`;

/** Why a text is no quantity, in geth's words. */
export type QuantityFault =
  | 'empty hex string'
  | 'hex string without 0x prefix'
  | 'hex string "0x"'
  | 'hex number with leading zero digits'
  | 'invalid hex string'
  | 'hex number > 64 bits'
  | 'hex number > 256 bits';

const DIGITS = /^[0-9a-fA-F]+$/;

/** The integer that `text` writes as a quantity of at most `bits`, or what is wrong with it. */
export function parseQuantity(text: string, bits: 64 | 256): bigint | QuantityFault {
  if (text === '') return 'empty hex string';
  if (!text.startsWith('0x') && !text.startsWith('0X')) return 'hex string without 0x prefix';
  if (text.length === 2) return 'hex string "0x"';
  if (text.length > 3 && text[2] === '0') return 'hex number with leading zero digits';
  if (text.length - 2 > bits / 4) return bits === 64 ? 'hex number > 64 bits' : 'hex number > 256 bits';
  if (!DIGITS.test(text.slice(2))) return 'invalid hex string';
  return BigInt(`0x${text.slice(2)}`);
}
