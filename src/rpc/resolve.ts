import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';
import type { SealedHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import type { RpcChain, RpcPendingBlock, RpcState } from './backend.js';
import { headerNotFound, recordLost, serverError, statePruned } from './errors.js';
import type { BlockRef } from './param-block.js';

/** The header that a request names, or undefined if there is none. `pending` without a candidate means the head. */
export function findHeader(chain: RpcChain, ref: BlockRef): SealedHeader | undefined {
  switch (ref.kind) {
    case 'hash':
      return byHash(chain, ref.hash, ref.requireCanonical);
    case 'number':
      return byNumber(chain, ref.number);
    case 'tag':
      switch (ref.tag) {
        case 'latest':
        case 'pending':
          return chain.head();
        case 'safe':
          return chain.safe();
        case 'finalized':
          return chain.finalized();
        case 'earliest':
          return chain.headerByNumber(0);
      }
  }
}

function byNumber(chain: RpcChain, number: number): SealedHeader | undefined {
  const header = chain.headerByNumber(number);
  if (header === undefined && number >= 0 && number <= chain.head().header.number)
    throw recordLost('header', `${number}`);
  return header;
}

function byHash(chain: RpcChain, hash: Hash32, requireCanonical: boolean): SealedHeader | undefined {
  const header = chain.headerByHash(hash);
  if (header !== undefined && requireCanonical && chain.headerByNumber(header.header.number)?.hash !== hash)
    throw serverError('hash is not currently canonical', 'the block was replaced by a heavier chain: ask by number');
  return header;
}

/** The candidate block if the request asks for it and there is one. */
export function findPending(chain: RpcChain, ref: BlockRef): RpcPendingBlock | undefined {
  return ref.kind === 'tag' && ref.tag === 'pending' ? chain.pending() : undefined;
}

/** The whole block that a request names, the candidate block excepted. */
export function findBlock(chain: RpcChain, ref: BlockRef): Block | undefined {
  const header = findHeader(chain, ref);
  if (header === undefined) return undefined;
  const block = chain.blockByHash(header.hash);
  if (block === undefined) throw recordLost('body', header.hash);
  return block;
}

/** The receipts of a stored block. */
export function mustFindReceipts(chain: RpcChain, hash: Hash32): readonly Receipt[] {
  const receipts = chain.receiptsOf(hash);
  if (receipts === undefined) throw recordLost('receipts', hash);
  return receipts;
}

/** The work of the chain that ends with a stored block. */
export function mustFindWork(chain: RpcChain, hash: Hash32): bigint {
  const work = chain.totalDifficulty(hash);
  if (work === undefined) throw recordLost('total difficulty', hash);
  return work;
}

/** The header that a state query names; throws `header not found`. */
export function mustFindHeader(chain: RpcChain, ref: BlockRef): SealedHeader {
  const header = findHeader(chain, ref);
  if (header === undefined) throw headerNotFound();
  return header;
}

/** The state that a request names; throws `header not found` or that it is pruned. */
export function mustFindState(chain: RpcChain, ref: BlockRef): RpcState {
  const pending = findPending(chain, ref);
  if (pending !== undefined) return pending.state;
  const { header } = mustFindHeader(chain, ref);
  const state = chain.stateOf(header);
  if (state === undefined) throw statePruned(header.number, chain.oldestState());
  return state;
}
