import type { Hash32 } from '../base/brand.js';
import type { RpcBackend } from './backend.js';
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

  function send(data: Uint8Array, nowMs: number): Hash32 {
    const transaction = readRawTransaction(data);
    guardTransaction(transaction, node);
    return accepted(pool.add(transaction, nowMs), transaction.hash);
  }

  return [
    method('eth_sendRawTransaction', [raw], ({ nowMs }, data) => send(data, nowMs)),
    method(
      'eth_sendRawTransactionSync',
      [raw, optional('Timeout in ms', lenientUint)],
      ({ nowMs }, data, timeoutMs) => {
        const hash = send(data, nowMs);
        return waiters.wait(hash, nowMs + Math.min(MAX_WAIT_MS, timeoutMs ?? DEFAULT_WAIT_MS));
      },
    ),
  ];
}
