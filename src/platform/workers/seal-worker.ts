import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../base/invariant.js';
import { initKeccak } from '../../crypto/keccak.js';
import { searchSeal } from '../../miner/search-seal.js';
import { Pacer } from './pacer.js';
import type { SealReply, SealRequest, SealWorkerData } from './seal-messages.js';

// The entry of a mining thread: searches slice by slice, and looks at its messages in between.
invariant(parentPort !== null, 'a seal worker runs in a thread');
const port = parentPort;
const { maxHashrate, headStartMs, hashes } = workerData as SealWorkerData;
const pacer = new Pacer(maxHashrate, headStartMs);
let request: SealRequest | undefined;
let nonce = 0n;
let isScheduled = false;

function schedule(restMs: number): void {
  isScheduled = true;
  if (restMs >= 1) setTimeout(slice, restMs);
  else setImmediate(slice);
}

function slice(): void {
  isScheduled = false;
  if (request?.task === undefined) return;
  const { id, task } = request;
  const count = pacer.slice;
  const startMs = performance.now();
  const seal = searchSeal(task.sealHash, task.target, nonce, count);
  Atomics.add(hashes, 0, count);
  const restMs = pacer.rest(count, startMs, performance.now());
  nonce += BigInt(count);
  if (seal === undefined) {
    schedule(restMs);
    return;
  }
  request = undefined;
  port.postMessage({ id, seal } satisfies SealReply);
}

await initKeccak();
port.on('message', (next: SealRequest) => {
  request = next;
  nonce = next.task?.startNonce ?? 0n;
  if (!isScheduled) schedule(0);
});
