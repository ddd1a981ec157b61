import { toHex } from '../base/hex.js';
import { senderOf } from '../types/sender.js';
import { effectiveTip } from '../types/transaction.js';
import type { RpcBackend } from './backend.js';
import { findMined, findMinedBySender } from './find-transaction.js';
import type { Answer } from './json.js';
import { type Method, method } from './method.js';
import { searchTransactions } from './ots-search.js';
import { optional, required } from './param.js';
import { type BlockRef, blockRef, LATEST, lenientBlockNumber } from './param-block.js';
import { address, hash, lenientUint } from './param-values.js';
import { quantity } from './quantity.js';
import { findBlock, mustFindReceipts, mustFindState, mustFindWork } from './resolve.js';
import { blockView } from './view-block.js';
import { receiptView } from './view-receipt.js';
import { transactionView } from './view-transaction.js';

/** The level of Otterscan's interface that its pages ask for. */
const API_LEVEL = 8;
/** Otterscan asks for 25 a page. */
const MAX_PAGE = 100;

/** What Otterscan needs of a node without contracts. */
export function otsMethods(backend: RpcBackend): readonly Method[] {
  const { chain } = backend;
  const transactionHash = required('Transaction hash', hash);
  const pageOf = (size: number): number => Math.min(MAX_PAGE, Math.max(1, size));

  function details(ref: BlockRef): Answer {
    const block = findBlock(chain, ref);
    if (block === undefined) return null;
    const view = blockView(block, mustFindWork(chain, block.hash), false);
    const { blockReward, uncleReward } = chain.issuanceOf(block);
    const baseFee = block.header.baseFeePerGas ?? 0n;
    const fees = mustFindReceipts(chain, block.hash).reduce((sum, receipt, i, receipts) => {
      const transaction = block.transactions[i];
      const gas = receipt.cumulativeGasUsed - (receipts[i - 1]?.cumulativeGasUsed ?? 0n);
      return transaction === undefined ? sum : sum + gas * effectiveTip(transaction, baseFee);
    }, 0n);
    return {
      block: {
        ...view,
        transactionCount: block.transactions.length,
        logsBloom: null,
      },
      issuance: {
        blockReward: quantity(blockReward),
        uncleReward: quantity(uncleReward),
        issuance: quantity(blockReward + uncleReward),
      },
      totalFees: quantity(fees),
    };
  }

  function page(ref: BlockRef, pageNumber: number, pageSize: number): Answer {
    const block = findBlock(chain, ref);
    if (block === undefined) return null;
    const receipts = mustFindReceipts(chain, block.hash);
    // Newest first, as the page shows them; each page in block order.
    const size = pageOf(pageSize);
    const end = Math.max(0, block.transactions.length - pageNumber * size);
    const positions = Array.from({ length: Math.min(size, end) }, (_, i) => end - Math.min(size, end) + i);
    return {
      fullblock: {
        ...blockView({ ...block, transactions: [] }, mustFindWork(chain, block.hash), false),
        transactionCount: block.transactions.length,
        transactions: positions.flatMap((index) => {
          const transaction = block.transactions[index];
          return transaction === undefined ? [] : [transactionView(transaction, { block, index })];
        }),
      },
      receipts: positions.map((index) => receiptView(block, block.transactions, receipts, index)),
    };
  }

  const search = [
    required('Address', address),
    required('Block', lenientUint),
    required('Page size', lenientUint),
  ] as const;

  return [
    method('ots_searchTransactionsBefore', search, (_, who, from, size) =>
      searchTransactions(chain, who, from, pageOf(size), 'before'),
    ),
    method('ots_searchTransactionsAfter', search, (_, who, from, size) =>
      searchTransactions(chain, who, from, pageOf(size), 'after'),
    ),
    method('ots_getApiLevel', [], () => API_LEVEL),
    method(
      'ots_hasCode',
      [required('Address', address), optional('Block', blockRef)],
      (_, target, ref = LATEST) => mustFindState(chain, ref).code(target).length > 0,
    ),
    method('ots_getBlockDetails', [required('Block', lenientBlockNumber)], (_, ref) => details(ref)),
    method('ots_getBlockDetailsByHash', [required('Block hash', hash)], (_, value) =>
      details({ kind: 'hash', hash: value, requireCanonical: false }),
    ),
    method(
      'ots_getBlockTransactions',
      [required('Block', lenientBlockNumber), required('Page', lenientUint), required('Page size', lenientUint)],
      (_, ref, pageNumber, pageSize) => page(ref, pageNumber, pageSize),
    ),
    method('ots_getInternalOperations', [transactionHash], () => []),
    method('ots_getTransactionError', [transactionHash], () => '0x'),
    method('ots_getContractCreator', [required('Address', address)], () => null),
    method('ots_traceTransaction', [transactionHash], (_, value) => {
      const found = findMined(chain, value);
      if (found === undefined) return null;
      const { transaction } = found;
      return [
        {
          type: 'CALL',
          depth: 0,
          from: senderOf(transaction) ?? null,
          to: transaction.to,
          value: quantity(transaction.value),
          input: toHex(transaction.data),
          output: '0x',
        },
      ];
    }),
    method(
      'ots_getTransactionBySenderAndNonce',
      [required('Sender', address), required('Nonce', lenientUint)],
      (_, sender, nonce) => findMinedBySender(backend, sender, BigInt(nonce))?.transaction.hash ?? null,
    ),
  ];
}
