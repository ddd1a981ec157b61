import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../base/invariant.js';
import type { CryptoName } from '../../crypto/crypto.js';
import { selectCrypto } from '../../crypto/select.js';
import { recoverShared } from './recover-batch.js';

/** A batch for a thread, which answers with the id when it has nothing more to do on it. */
export interface RecoverMessage {
  readonly id: number;
  readonly memory: SharedArrayBuffer;
}

// The entry of a recovering thread.
invariant(parentPort !== null, 'a recover worker runs in a thread');
const port = parentPort;
await selectCrypto(workerData as CryptoName);
port.on('message', ({ id, memory }: RecoverMessage) => {
  recoverShared(memory);
  port.postMessage(id);
});
