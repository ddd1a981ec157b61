import type { Address } from '../base/brand.js';
import type { Block } from '../types/block.js';
import { senderOf } from '../types/sender.js';
import type { RpcChain } from './backend.js';
import { ErrorCode, RpcError } from './errors.js';
import type { Json } from './json.js';
import { quantity } from './quantity.js';
import { findBlock, mustFindReceipts } from './resolve.js';
import { receiptView } from './view-receipt.js';
import { transactionView } from './view-transaction.js';

/** Blocks that one search looks at. There is no index by address, and a node that searches does nothing else. */
const MAX_BLOCKS = 4_096;
/** The same for transactions: each one has to be decoded. */
const MAX_TRANSACTIONS = 10_000;

type Direction = 'before' | 'after';

/** A transaction of the address, newest first within its block. */
interface Hit {
  readonly block: Block;
  readonly index: number;
}

const nonceAfter = (chain: RpcChain, who: Address, number: number): bigint => {
  const header = number < 0 ? undefined : chain.headerByNumber(number)?.header;
  return (header === undefined ? undefined : chain.stateOf(header)?.account(who)?.nonce) ?? 0n;
};

/** Positions of the transactions that the address sent or got, last first. */
function positionsIn(chain: RpcChain, block: Block, who: Address): number[] {
  // Only in a block that raised its nonce the address is a sender: elsewhere no signature has to be recovered.
  const first = nonceAfter(chain, who, block.header.number - 1);
  const end = nonceAfter(chain, who, block.header.number);
  const positions: number[] = [];
  for (const [index, transaction] of block.transactions.entries()) {
    const mayBeSender = transaction.nonce >= first && transaction.nonce < end;
    if (transaction.to === who || (mayBeSender && senderOf(transaction) === who)) positions.unshift(index);
  }
  return positions;
}

function receiptOf(chain: RpcChain, { block, index }: Hit): Json {
  const receipts = mustFindReceipts(chain, block.hash);
  const view = receiptView(block, block.transactions, receipts, index);
  // Otterscan wants the time of the block beside each receipt, as a number.
  return typeof view === 'object' && view !== null ? { ...view, timestamp: block.header.timestamp } : view;
}

/**
 * A page of an address's transactions for Otterscan, newest first: those below block `from` or above it, 0 meaning from
 * the head down or from the genesis up. A page ends with a whole block. A search that is out of its budget answers with
 * what it found; where that is nothing, it says at which block to go on.
 */
export function searchTransactions(
  chain: RpcChain,
  who: Address,
  from: number,
  pageSize: number,
  direction: Direction,
): Json {
  const head = chain.head().header.number;
  const step = direction === 'before' ? -1 : 1;
  let number = direction === 'before' ? Math.min(head, from === 0 ? head : from - 1) : from === 0 ? 0 : from + 1;
  const hits: Hit[] = []; // BOUNDED: by the page and one block
  let blocks = 0;
  let transactions = 0;
  for (; number >= 0 && number <= head && hits.length < pageSize; number += step) {
    if (blocks++ === MAX_BLOCKS || transactions > MAX_TRANSACTIONS) break;
    if (chain.headerByNumber(number)?.header.gasUsed === 0n) continue;
    const block = findBlock(chain, { kind: 'number', number });
    if (block === undefined) break;
    transactions += block.transactions.length;
    const found = positionsIn(chain, block, who).map((index) => ({ block, index }));
    if (direction === 'before') hits.push(...found);
    else hits.unshift(...found);
  }
  const exhausted = number < 0 || number > head;
  if (hits.length === 0 && !exhausted) throw gaveUp(number - step, blocks - 1);
  return {
    txs: hits.map(({ block, index }) => transactionView(block.transactions[index] ?? unreachable(), { block, index })),
    receipts: hits.map((hit) => receiptOf(chain, hit)),
    firstPage: direction === 'before' ? from === 0 || from > head : exhausted,
    lastPage: direction === 'before' ? exhausted : from === 0,
  };
}

function unreachable(): never {
  throw new Error('a position that was found is in the block');
}

function gaveUp(at: number, blocks: number): RpcError {
  return new RpcError(
    ErrorCode.limit,
    `no transaction of the address in ${blocks} blocks`,
    `the node has no index by address and looks at ${MAX_BLOCKS} blocks a call: ask again from block ${at}`,
    { continueAt: quantity(at) },
  );
}
