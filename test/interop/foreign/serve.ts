import { EthMessageCodes } from '@ethereumjs/devp2p';
import { type NestedUint8Array, RLP } from '@ethereumjs/rlp';
import { bytesToInt } from '@ethereumjs/util';
import type { Hash32 } from '../../../src/base/brand.js';
import { toHash32 } from '../../../src/base/hex.js';
import type { Chain } from '../../../src/chain/chain.js';
import type { SealedHeader } from '../../../src/types/header.js';

/** Anything that RLP can hold, decoded. */
export type Item = Uint8Array | NestedUint8Array;

/** A message as the foreign library hands it out and takes it: code relative to eth, payload as decoded RLP. */
export interface EthMessage {
  readonly code: EthMessageCodes;
  readonly payload: NestedUint8Array;
}

/** Answers a message of ours: nothing, one message or several. */
export type Serve = (message: EthMessage) => readonly EthMessage[];

/** The item as a list; throws if it is none. */
export function list(item: Item | undefined): NestedUint8Array {
  if (!Array.isArray(item)) throw new Error('a list was expected');
  return item;
}

/** The item as bytes; throws if it is a list or missing. */
export function bytes(item: Item | undefined): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new Error('bytes were expected');
  return item;
}

const hash = (item: Item | undefined): Hash32 => toHash32(bytes(item));

function askedHeaders(chain: Served, query: NestedUint8Array): SealedHeader[] {
  const [origin, amount, skip, reverse] = query.map(bytes);
  const start =
    origin?.length === 32 ? chain.headerByHash(hash(origin)) : chain.headerByNumber(bytesToInt(bytes(origin)));
  const step = (bytesToInt(bytes(skip)) + 1) * (bytesToInt(bytes(reverse)) === 1 ? -1 : 1);
  const found: SealedHeader[] = [];
  let at = start;
  while (at !== undefined && found.length < bytesToInt(bytes(amount))) {
    found.push(at);
    at = chain.headerByNumber(at.header.number + step);
  }
  return found;
}

/** What of a chain is served. */
export type Served = Pick<Chain, 'headerByHash' | 'headerByNumber' | 'bodyRaw'>;

/** An honest peer's answers out of `chain`, and out of `pool` for transactions by hash. */
export function serveChain(chain: Served, pool: ReadonlyMap<string, Item> = new Map()): Serve {
  const decoded = (raw: Uint8Array | undefined): Item[] => (raw === undefined ? [] : [RLP.decode(raw)]);
  return ({ code, payload }) => {
    const [id, query] = payload;
    const hashes = (): Hash32[] => list(query).map(hash);
    const reply = (replyCode: EthMessageCodes, items: Item[]): EthMessage[] => [
      { code: replyCode, payload: [bytes(id), items] },
    ];
    switch (code) {
      case EthMessageCodes.GET_BLOCK_HEADERS:
        return reply(
          EthMessageCodes.BLOCK_HEADERS,
          askedHeaders(chain, list(query)).flatMap(({ raw }) => decoded(raw)),
        );
      case EthMessageCodes.GET_BLOCK_BODIES:
        return reply(
          EthMessageCodes.BLOCK_BODIES,
          hashes().flatMap((of) => decoded(chain.bodyRaw(of))),
        );
      case EthMessageCodes.GET_POOLED_TRANSACTIONS:
        return reply(
          EthMessageCodes.POOLED_TRANSACTIONS,
          hashes().flatMap((of) => pool.get(of) ?? []),
        );
      default:
        return [];
    }
  };
}
