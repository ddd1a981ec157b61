import type { Hash32 } from '../base/brand.js';
import type { RpcBackend } from './backend.js';
import { Later } from './json.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { bytes, lenientUint } from './param-values.js';
import { guardTransaction, readRawTransaction } from './raw-transaction.js';
import type { ReceiptWaiters } from './receipt-waiters.js';
import { accepted } from './reject.js';

/** EIP-7966: how long eth_sendRawTransactionSync waits for a receipt unless told, and at most (geth's figures). */
const DEFAULT_WAIT_MS = 20_000;
const MAX_WAIT_MS = 60_000;

/** The methods that hand signed transactions to the pool. */
export function ethSendMethods({ node, pool }: RpcBackend, waiters: ReceiptWaiters): readonly Method[] {
  const raw = required('Transaction', bytes);

  /** Hands `data` to the pool; `done` gets what yields the hash or throws the refusal. */
  function send(data: Uint8Array, done: (outcome: () => Hash32) => void): void {
    const transaction = readRawTransaction(data);
    guardTransaction(transaction, node);
    pool.submit(transaction, (result) => done(() => accepted(result, transaction.hash)));
  }

  return [
    method('eth_sendRawTransaction', [raw], (_call, data) => {
      const later = new Later();
      send(data, (outcome) => later.settle(outcome));
      return later;
    }),
    method(
      'eth_sendRawTransactionSync',
      [raw, optional('Timeout in ms', lenientUint)],
      ({ nowMs }, data, timeoutMs) => {
        const later = new Later();
        // 0 is no wish, as in geth.
        const waitMs = Math.min(MAX_WAIT_MS, timeoutMs || DEFAULT_WAIT_MS);
        send(data, (outcome) => later.follow(() => waiters.wait(outcome(), nowMs + waitMs)));
        return later;
      },
    ),
  ];
}
