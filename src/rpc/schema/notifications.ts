import type { Topic } from '../subscriptions.js';
import { either, hash, type JsonSchema, nodeId, object, only, quantity, text, truth } from './json-schema.js';
import { part } from './parts.js';

/** What `params.result` of a notification looks like, by what was subscribed to. The execution APIs describe none of them. */
export const NOTIFICATIONS: Readonly<Record<Topic, JsonSchema>> = {
  newHeads: part('Header'),
  // Without an EVM there is no log, and so no notification.
  logs: { not: {} },
  newPendingTransactions: hash,
  fullPendingTransactions: part('WaitingTransaction'),
  syncing: either(
    only(false),
    object({
      syncing: truth,
      status: object({ startingBlock: quantity, currentBlock: quantity, highestBlock: quantity }),
    }),
  ),
  peerEvents: object({ type: either(only('add'), only('drop')), peer: nodeId }, { error: text }),
};
