import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';
import type { RpcBackend } from './backend.js';
import { type BlockTexts, createBlockTexts } from './block-texts.js';
import type { Answer, Json } from './json.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { type BlockRef, blockNumber, blockRef, lenientBlockNumber } from './param-block.js';
import { boolean, hash, index } from './param-values.js';
import { quantity } from './quantity.js';
import { findBlock, findHeader, findPending, mustFindReceipts, mustFindWork } from './resolve.js';
import { headerView, pendingBlockView, uncleView } from './view-block.js';
import { receiptView } from './view-receipt.js';

const byHash = (value: Hash32): BlockRef => ({ kind: 'hash', hash: value, requireCanonical: false });

/** Blocks, headers, uncles and whole lists of receipts. What is not there is null, never an error. */
export function ethBlockMethods({ chain }: RpcBackend): readonly Method[] {
  const texts: BlockTexts = createBlockTexts(chain);
  const hashParam = required('Block hash', hash);
  const numberParam = required('Block', blockNumber);

  function block(ref: BlockRef, full: boolean): Answer {
    const pending = findPending(chain, ref);
    if (pending !== undefined) return pendingBlockView(pending.block, full);
    const header = findHeader(chain, ref);
    return header === undefined ? null : texts.of(header.hash, full);
  }

  function header(ref: BlockRef): Json {
    const found = findHeader(chain, ref);
    if (found === undefined) return null;
    return { ...headerView(found), totalDifficulty: quantity(mustFindWork(chain, found.hash)) };
  }

  const body = (ref: BlockRef): Block | undefined => findPending(chain, ref)?.block ?? findBlock(chain, ref);

  function transactionCount(ref: BlockRef): Json {
    const found = body(ref);
    return found === undefined ? null : quantity(found.transactions.length);
  }

  function uncleCount(ref: BlockRef): Json {
    const found = body(ref);
    return found === undefined ? null : quantity(found.uncles.length);
  }

  function uncle(ref: BlockRef, position: number): Json {
    const found = body(ref)?.uncles[position];
    return found === undefined ? null : uncleView(found);
  }

  function receipts(ref: BlockRef): Json {
    const pending = findPending(chain, ref);
    const found = pending?.block ?? findBlock(chain, ref);
    if (found === undefined) return null;
    const list = pending?.receipts ?? mustFindReceipts(chain, found.hash);
    return list.map((_, position) => receiptView(found, found.transactions, list, position));
  }

  return [
    method('eth_getBlockByHash', [hashParam, required('Hydrated transactions', boolean)], (_, value, full) =>
      block(byHash(value), full),
    ),
    method('eth_getBlockByNumber', [numberParam, required('Hydrated transactions', boolean)], (_, ref, full) =>
      block(ref, full),
    ),
    method('eth_getHeaderByHash', [hashParam], (_, value) => header(byHash(value))),
    method('eth_getHeaderByNumber', [numberParam], (_, ref) => header(ref)),
    // Otterscan's probe asks for the header under this name.
    method('erigon_getHeaderByNumber', [required('Block', lenientBlockNumber)], (_, ref) => header(ref)),
    method('eth_getBlockTransactionCountByHash', [hashParam], (_, value) => transactionCount(byHash(value))),
    method('eth_getBlockTransactionCountByNumber', [numberParam], (_, ref) => transactionCount(ref)),
    method('eth_getUncleCountByBlockHash', [hashParam], (_, value) => uncleCount(byHash(value))),
    method('eth_getUncleCountByBlockNumber', [numberParam], (_, ref) => uncleCount(ref)),
    method('eth_getUncleByBlockHashAndIndex', [hashParam, required('Uncle index', index)], (_, value, position) =>
      uncle(byHash(value), position),
    ),
    method('eth_getUncleByBlockNumberAndIndex', [numberParam, required('Uncle index', index)], (_, ref, position) =>
      uncle(ref, position),
    ),
    method('eth_getBlockReceipts', [optional('Block', blockRef)], (_, ref) =>
      receipts(ref ?? { kind: 'tag', tag: 'latest' }),
    ),
  ];
}
