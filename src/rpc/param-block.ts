import type { Hash32 } from '../base/brand.js';
import { isObject } from './json.js';
import { type Decode, kindOf, ParamError, wrongKind } from './param.js';
import { boolean, hash, lenientUint } from './param-values.js';
import { parseQuantity } from './quantity.js';

const TAGS = ['latest', 'pending', 'safe', 'finalized', 'earliest'] as const;

/** A block by what it is rather than by number. */
export type BlockTag = (typeof TAGS)[number];

/** How a request names a block. Numbers beyond 2^53 become one that no chain reaches. */
export type BlockRef =
  | { readonly kind: 'tag'; readonly tag: BlockTag }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'hash'; readonly hash: Hash32; readonly requireCanonical: boolean };

const BY_TAG = new Map<string, BlockRef>(TAGS.map((tag) => [tag, { kind: 'tag', tag }]));

/** The newest block: what a missing block parameter means. */
export const LATEST: BlockRef = { kind: 'tag', tag: 'latest' };

function numbered(text: string): BlockRef {
  const value = parseQuantity(text, 64);
  if (typeof value === 'string') throw new ParamError(value);
  if (value >= 1n << 63n) throw new ParamError('block number larger than int64');
  return { kind: 'number', number: value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value) };
}

/** A tag or a number: what methods with `ByNumber` in their name take. */
export const blockNumber: Decode<BlockRef> = (json) => {
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  return BY_TAG.get(text) ?? numbered(text);
};

/** The same, or a JSON number: how Otterscan writes the numbers of blocks. */
export const lenientBlockNumber: Decode<BlockRef> = (json) =>
  typeof json === 'number' ? { kind: 'number', number: lenientUint(json) } : blockNumber(json);

/** A tag, a number, a hash, or an EIP-1898 object `{blockNumber}` or `{blockHash, requireCanonical}`. */
export const blockRef: Decode<BlockRef> = (json) => {
  if (isObject(json)) return blockObject(json);
  if (typeof json !== 'string') throw wrongKind(kindOf(json), 'string');
  const tagged = BY_TAG.get(json);
  if (tagged !== undefined) return tagged;
  if (json.length === 66) return { kind: 'hash', hash: hash(json), requireCanonical: false };
  return numbered(json);
};

function blockObject(json: { readonly [key: string]: unknown }): BlockRef {
  const { blockHash, blockNumber: number, requireCanonical } = json;
  if (blockHash != null && number != null)
    throw new ParamError('cannot specify both BlockHash and BlockNumber, choose one or the other');
  if (blockHash != null)
    return {
      kind: 'hash',
      hash: hash(blockHash),
      requireCanonical: requireCanonical == null ? false : boolean(requireCanonical),
    };
  if (number != null) return blockNumber(number);
  throw new ParamError('at least one of BlockNumber or BlockHash is needed if a dictionary is provided');
}
