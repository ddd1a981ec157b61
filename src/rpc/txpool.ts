import type { Transaction } from '../types/transaction.js';
import type { RpcBackend, RpcPoolContent } from './backend.js';
import type { Json } from './json.js';
import { type Method, method } from './method.js';
import { required } from './param.js';
import { address } from './param-values.js';
import { quantity } from './quantity.js';
import { transactionView } from './view-transaction.js';

type Show = (transaction: Transaction) => Json;

const full: Show = (transaction) => transactionView(transaction, undefined);

const brief: Show = (transaction) => {
  const price = transaction.type === 2 ? transaction.maxFeePerGas : transaction.gasPrice;
  return `${transaction.to}: ${transaction.value} wei + ${transaction.gasLimit} gas × ${price} wei`;
};

/** Nonces are decimal here, as in geth. */
function byNonce(transactions: readonly Transaction[], show: Show): Json {
  return Object.fromEntries(transactions.map((transaction) => [transaction.nonce.toString(), show(transaction)]));
}

function bySender(content: RpcPoolContent, show: Show): Json {
  return Object.fromEntries([...content].map(([sender, transactions]) => [sender, byNonce(transactions, show)]));
}

/** What waits in the pool. */
export function txpoolMethods({ pool }: RpcBackend): readonly Method[] {
  function content(show: Show): Json {
    const { pending, queued } = pool.content();
    return { pending: bySender(pending, show), queued: bySender(queued, show) };
  }
  return [
    method('txpool_status', [], () => {
      const { pending, queued } = pool.stats();
      return { pending: quantity(pending), queued: quantity(queued) };
    }),
    method('txpool_content', [], () => content(full)),
    method('txpool_inspect', [], () => content(brief)),
    method('txpool_contentFrom', [required('Address', address)], (_, sender) => {
      const { pending, queued } = pool.contentFrom(sender);
      return { pending: byNonce(pending, full), queued: byNonce(queued, full) };
    }),
  ];
}
