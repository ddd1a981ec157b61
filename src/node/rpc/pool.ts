import type { RpcPool } from '../../rpc/backend.js';
import type { NodeRooms } from '../node.js';
import type { RunCommand } from './host-facts.js';

/** The transaction pool for JSON-RPC; what it adds is local. */
export function createRpcPool({ pool }: NodeRooms, run: RunCommand): RpcPool {
  return {
    submit: (transaction, done) => run(({ intake }, nowMs) => intake.submitLocal(transaction, done, nowMs)),
    get: (hash) => pool.get(hash),
    bySenderAndNonce: (sender, nonce) => pool.bySenderAndNonce(sender, nonce),
    stats: () => pool.stats(),
    content: () => pool.content(),
    contentFrom: (sender) => pool.contentFrom(sender),
    pending: (limit) => pool.pending(limit),
    nextNonce: (sender) => pool.nextNonce(sender),
    minTip: () => pool.minTip(),
    setMinTip: (wei) => run(() => pool.setMinTip(wei)),
    clear: () => run(() => pool.clear()),
  };
}
