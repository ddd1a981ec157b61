import type { Hash32 } from '../../base/brand.js';
import type { SealedHeader } from '../../types/header.js';
import type { GetBlockHeaders } from '../../wire/eth/get-block-headers.js';
import { MAX_ETH_MESSAGE_BYTES, MAX_ITEMS_PER_MESSAGE } from '../../wire/eth/protocol.js';
import type { ChainReader, TxSink } from '../backend.js';

/** What a request came to, and how many reads it cost us. */
export interface Answer {
  readonly items: readonly Uint8Array[];
  readonly lookups: number;
}

/** Replies stop growing once they pass this size (caps/eth.md, soft limit). */
export const SOFT_REPLY_BYTES = 2 * 1024 * 1024;
/** No reply grows beyond this: a message has a limit, and some bytes of it are the request id and the heads of lists. */
const MAX_REPLY_BYTES = MAX_ETH_MESSAGE_BYTES - 64;
/** Reads for one request: twice the items, so that asking for what is not there is not free (as other clients do). */
const MAX_LOOKUPS = 2 * MAX_ITEMS_PER_MESSAGE;

/** An answer to a request for things by their hashes. */
interface AnswerByHash extends Answer {
  /** The hashes of the items, in their order. */
  readonly found: readonly Hash32[];
}

/** The stored things with these hashes, in the order asked; those not there, or too large for any message, are left out. */
function answerByHash(hashes: readonly Hash32[], lookUp: (hash: Hash32) => Uint8Array | undefined): AnswerByHash {
  const items: Uint8Array[] = []; // BOUNDED: by MAX_ITEMS_PER_MESSAGE
  const found: Hash32[] = []; // BOUNDED: by MAX_ITEMS_PER_MESSAGE
  let bytes = 0;
  let lookups = 0;
  for (const hash of hashes) {
    if (items.length >= MAX_ITEMS_PER_MESSAGE || bytes >= SOFT_REPLY_BYTES || lookups >= MAX_LOOKUPS) break;
    lookups++;
    const item = lookUp(hash);
    if (item === undefined || item.length > MAX_REPLY_BYTES) continue;
    if (bytes + item.length > MAX_REPLY_BYTES) break;
    items.push(item);
    found.push(hash);
    bytes += item.length;
  }
  return { items, lookups, found };
}

/** The bodies of blocks, as stored. */
export const answerBodies = (chain: ChainReader, hashes: readonly Hash32[]): AnswerByHash =>
  answerByHash(hashes, (hash) => chain.bodyRaw(hash));

/** The receipts of blocks, as stored. */
export const answerReceipts = (chain: ChainReader, hashes: readonly Hash32[]): AnswerByHash =>
  answerByHash(hashes, (hash) => chain.receiptsRaw(hash));

/** Pooled transactions in their network forms. */
export const answerPooled = (txs: TxSink, hashes: readonly Hash32[]): AnswerByHash =>
  answerByHash(hashes, (hash) => txs.getTransaction(hash)?.raw);

/**
 * The headers of a run. On the canonical chain they are found by number. From a hash on a side chain the run goes
 * towards the genesis by parent hash; away from it there is only the origin itself, as its children are not indexed.
 */
export function answerHeaders(chain: ChainReader, query: GetBlockHeaders): Answer {
  const wanted = Math.min(query.amount, MAX_ITEMS_PER_MESSAGE);
  const stride = query.skip + 1;
  const origin =
    query.origin.kind === 'hash' ? chain.headerByHash(query.origin.hash) : canonical(chain, query.origin.number);
  const items: Uint8Array[] = []; // BOUNDED: by MAX_ITEMS_PER_MESSAGE
  let lookups = 1;
  let bytes = 0;
  let at = origin;
  while (at !== undefined && items.length < wanted) {
    items.push(at.raw);
    bytes += at.raw.length;
    if (items.length === wanted || bytes >= SOFT_REPLY_BYTES) break;
    const { number } = at.header;
    if (chain.canonicalHash(number) === at.hash) {
      lookups++;
      at = canonical(chain, query.reverse ? number - stride : number + stride);
    } else if (query.reverse) {
      for (let step = 0; step < stride && at !== undefined && lookups < MAX_LOOKUPS; step++) {
        lookups++;
        at = chain.headerByHash(at.header.parentHash);
      }
      if (lookups >= MAX_LOOKUPS) break;
    } else {
      break;
    }
  }
  return { items, lookups };
}

function canonical(chain: ChainReader, number: number): SealedHeader | undefined {
  if (number < 0 || !Number.isSafeInteger(number)) return undefined;
  const hash = chain.canonicalHash(number);
  return hash === undefined ? undefined : chain.headerByHash(hash);
}
