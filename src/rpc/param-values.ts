import type { Address, Hash32 } from '../base/brand.js';
import { parseAddress, parseHash32 } from '../base/hex.js';
import { type Decode, kindOf, ParamError, wrongKind } from './param.js';
import { parseQuantity } from './quantity.js';

const HEX_DIGITS = /^[0-9a-fA-F]*$/;

/** The digits of hex that must have a prefix and whole bytes. */
function hexDigits(json: unknown, goType: string): string {
  if (typeof json !== 'string') throw wrongKind('non-string', goType);
  if (json === '') return '';
  if (!json.startsWith('0x') && !json.startsWith('0X')) throw wrongKind('hex string without 0x prefix', goType);
  if (json.length % 2 !== 0) throw wrongKind('hex string of odd length', goType);
  const digits = json.slice(2);
  if (!HEX_DIGITS.test(digits)) throw wrongKind('invalid hex string', goType);
  return digits;
}

function fixedHex(json: unknown, byteLength: number, goType: string): string {
  if (json === '') throw wrongKind('empty hex string', goType);
  const digits = hexDigits(json, goType);
  if (digits.length !== byteLength * 2)
    throw new ParamError(`hex string has length ${digits.length}, want ${byteLength * 2} for ${goType}`);
  return `0x${digits}`;
}

/** 20 bytes; a checksum in the case of the digits is not looked at. */
export const address: Decode<Address> = (json) => {
  const plain = typeof json === 'string' ? parseAddress(json) : undefined;
  if (plain !== undefined) return plain;
  const value = parseAddress(fixedHex(json, 20, 'common.Address'));
  if (value === undefined) throw new ParamError('invalid hex string');
  return value;
};

/** 32 bytes. */
export const hash: Decode<Hash32> = (json) => {
  const plain = typeof json === 'string' ? parseHash32(json) : undefined;
  if (plain !== undefined) return plain;
  const value = parseHash32(fixedHex(json, 32, 'common.Hash'));
  if (value === undefined) throw new ParamError('invalid hex string');
  return value;
};

/** Any whole number of bytes. */
export const bytes: Decode<Uint8Array> = (json) => {
  const buffer = Buffer.from(hexDigits(json, 'hexutil.Bytes'), 'hex');
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
};

function quantityOf(json: unknown, bits: 64 | 256, goType: string): bigint {
  if (typeof json !== 'string') throw wrongKind('non-string', goType);
  const value = parseQuantity(json, bits);
  if (typeof value === 'string') throw wrongKind(value, goType);
  return value;
}

/** A quantity below 2^64. */
export const uint64: Decode<bigint> = (json) => quantityOf(json, 64, 'hexutil.Uint64');

/** A quantity below 2^256. */
export const uint256: Decode<bigint> = (json) => quantityOf(json, 256, 'hexutil.Big');

/** A quantity small enough to be an index; larger ones become Infinity, which no list has. */
export const index: Decode<number> = (json) => {
  const value = quantityOf(json, 64, 'hexutil.Uint');
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
};

/** An integer >= 0 as a JSON number, a decimal or a hex string: geth's HexOrDecimal64. */
export const lenientUint: Decode<number> = (json) => {
  const text = typeof json === 'number' ? String(json) : json;
  if (typeof text === 'string' && /^(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text)) {
    const value = BigInt(text);
    if (value < 1n << 64n) return Number(value);
  }
  throw new ParamError(`invalid hex or decimal integer ${JSON.stringify(json)}`);
};

/** A JSON boolean. */
export const boolean: Decode<boolean> = (json) => {
  if (typeof json !== 'boolean') throw wrongKind(kindOf(json), 'bool');
  return json;
};

/** A JSON string of at most 4096 characters: longer ones are an attack on the log, not a record or a name. */
export const string: Decode<string> = (json) => {
  if (typeof json !== 'string') throw wrongKind(kindOf(json), 'string');
  if (json.length > 4096) throw new ParamError('string longer than 4096 characters');
  return json;
};

/** A JSON array of at most `limit` items. */
export const list =
  <T>(item: Decode<T>, limit: number, goType: string): Decode<readonly T[]> =>
  (json) => {
    if (!Array.isArray(json)) throw wrongKind(kindOf(json), goType);
    if (json.length > limit) throw new ParamError(`too many items, want at most ${limit}`);
    return json.map(item);
  };
