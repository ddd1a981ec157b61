import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../base/invariant.js';
import type { CryptoName } from '../../crypto/crypto.js';
import { selectCrypto } from '../../crypto/select.js';
import { recoverPacked } from './recover-batch.js';

/** A batch of packed transactions, and its answers under the same id. */
export interface RecoverMessage {
  readonly id: number;
  readonly packed: ArrayBuffer;
}

// The entry of a recovering thread.
invariant(parentPort !== null, 'a recover worker runs in a thread');
const port = parentPort;
await selectCrypto(workerData as CryptoName);
port.on('message', ({ id, packed }: RecoverMessage) => {
  const answers = recoverPacked(packed);
  port.postMessage({ id, packed: answers } satisfies RecoverMessage, [answers]);
});
