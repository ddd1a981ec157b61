import type { RpcChain } from './backend.js';
import { invalidParams, serverError } from './errors.js';
import { isObject } from './json.js';
import { type Decode, kindOf, ParamError, wrongKind } from './param.js';
import { type BlockRef, blockNumber, LATEST } from './param-block.js';
import { address, hash } from './param-values.js';

/** geth's limits on one query: addresses, topic positions, and alternatives in a position. */
const MAX_ADDRESSES = 1000;
const MAX_TOPICS = 4;
const MAX_TOPIC_CHOICES = 1000;

/** Which blocks a log query is about. Addresses and topics are checked and forgotten: this chain makes no logs. */
export type LogQuery =
  | { readonly kind: 'block'; readonly ref: BlockRef }
  | { readonly kind: 'range'; readonly from: BlockRef | undefined; readonly to: BlockRef | undefined };

function checkAddresses(json: unknown): void {
  if (json === undefined || json === null) return;
  if (typeof json === 'string') address(json);
  else if (!Array.isArray(json)) throw new ParamError('invalid addresses in query');
  else if (json.length > MAX_ADDRESSES) throw new ParamError('exceed max addresses');
  else for (const item of json) address(item);
}

function checkTopics(json: unknown): void {
  if (json === undefined || json === null) return;
  if (!Array.isArray(json)) throw wrongKind(kindOf(json), '[]interface {}');
  if (json.length > MAX_TOPICS) throw new ParamError('exceed max topics');
  for (const position of json as readonly unknown[]) {
    if (position === null) continue;
    if (typeof position === 'string') hash(position);
    else if (!Array.isArray(position)) throw new ParamError('invalid topic(s)');
    else if (position.length > MAX_TOPIC_CHOICES) throw new ParamError('exceed max topics');
    else for (const choice of position) if (choice !== null) hash(choice);
  }
}

/** The filter object of eth_getLogs, eth_newFilter and the `logs` subscription. */
export const logQuery: Decode<LogQuery> = (json) => {
  if (!isObject(json)) throw wrongKind(kindOf(json), 'filters.FilterCriteria');
  const { address: addresses, blockHash, fromBlock, toBlock, topics } = json;
  checkAddresses(addresses);
  checkTopics(topics);
  const from = fromBlock == null ? undefined : blockNumber(fromBlock);
  const to = toBlock == null ? undefined : blockNumber(toBlock);
  if (blockHash == null) return { kind: 'range', from, to };
  if (from !== undefined || to !== undefined)
    throw new ParamError('cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other');
  return { kind: 'block', ref: { kind: 'hash', hash: hash(blockHash), requireCanonical: false } };
};

function numberOf(chain: RpcChain, ref: BlockRef): number {
  if (ref.kind === 'number') return ref.number;
  if (ref.kind === 'tag' && ref.tag === 'safe') return chain.safe().header.number;
  if (ref.kind === 'tag' && ref.tag === 'finalized') return chain.finalized().header.number;
  if (ref.kind === 'tag' && ref.tag === 'earliest') return 0;
  return chain.head().header.number;
}

/** Throws unless the query's blocks are all here. */
export function checkLogRange(chain: RpcChain, query: LogQuery): void {
  if (query.kind === 'block') {
    if (query.ref.kind === 'hash' && chain.headerByHash(query.ref.hash) === undefined)
      throw serverError('unknown block', 'the block hash is not known to this node');
    return;
  }
  const from = numberOf(chain, query.from ?? LATEST);
  const to = numberOf(chain, query.to ?? LATEST);
  const head = chain.head().header.number;
  // A lone fromBlock beyond the head means "from then on", which is beyond the head and not an upside-down range.
  if (query.from !== undefined && query.to !== undefined && from > to)
    throw invalidParams('invalid block range params', 'fromBlock must not be above toBlock');
  if (from > head || to > head)
    throw invalidParams('block range extends beyond current head block', `the head is block ${head}`);
}
