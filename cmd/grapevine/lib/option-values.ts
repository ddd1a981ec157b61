import { InvalidArgumentError } from 'commander';
import type { Address } from '../../../src/base/brand.js';
import { parseAddress } from '../../../src/base/hex.js';

/** A parser of a whole number within bounds. */
export function integerIn(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A parser of a whole number of any size, at least 0. */
export function bigInteger(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return BigInt(text);
}

/** A parser of a port: 0 (any free one) to 65535. */
export const port = integerIn(0, 65_535);

/** A comma-separated list; the empty text is the empty list. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A parser of an account address. */
export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new InvalidArgumentError('An address is 0x and 40 hex digits.');
  return parsed;
}
