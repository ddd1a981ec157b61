import type { Address } from '../../base/brand.js';
import { toAddress } from '../../base/hex.js';
import { recoverSender } from '../../types/sender.js';

/** A mark for each transaction: 0 until somebody has taken it up. */
const MARK_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** In front of each transaction stands its length. */
const LENGTH_BYTES = 4;
/** An answer: 1 if there is a signer, and the 20 bytes of its address. */
const ANSWER_BYTES = 21;

/**
 * Transactions in memory that two threads share. One takes them up from the first on, the other from the last on, and
 * the mark of each says who was first: neither waits for the other before the last one.
 */
export interface SharedBatch {
  readonly memory: SharedArrayBuffer;
  readonly count: number;
  /** True for the first who asks: only he recovers this sender. */
  take(index: number): boolean;
  /** What the other thread found once it says that it is done; undefined where nobody can have signed. */
  answer(index: number): Address | undefined;
}

/** Marks, then answers, then transactions; the first word is their number. */
function layout(memory: SharedArrayBuffer, count: number) {
  const answersAt = MARK_BYTES + count * MARK_BYTES;
  return {
    marks: new Int32Array(memory, MARK_BYTES, count),
    answers: new Uint8Array(memory, answersAt, count * ANSWER_BYTES),
    transactionsAt: answersAt + count * ANSWER_BYTES,
  };
}

/** Copies the network forms of transactions into memory that can be shared with a thread. */
export function shareTransactions(raws: readonly Uint8Array[]): SharedBatch {
  const count = raws.length;
  const length = raws.reduce((sum, raw) => sum + LENGTH_BYTES + raw.length, 0);
  const memory = new SharedArrayBuffer(MARK_BYTES + count * (MARK_BYTES + ANSWER_BYTES) + length);
  const bytes = new Uint8Array(memory);
  const words = new DataView(memory);
  const { marks, answers, transactionsAt } = layout(memory, count);
  words.setUint32(0, count);
  let at = transactionsAt;
  for (const raw of raws) {
    words.setUint32(at, raw.length);
    bytes.set(raw, at + LENGTH_BYTES);
    at += LENGTH_BYTES + raw.length;
  }
  return {
    memory,
    count,
    take: (index) => Atomics.exchange(marks, index, 1) === 0,
    answer(index) {
      const answer = answers.subarray(index * ANSWER_BYTES, (index + 1) * ANSWER_BYTES);
      return answer[0] === 1 ? toAddress(answer.slice(1)) : undefined;
    },
  };
}

/**
 * Recovers the senders of shared transactions, first to last, until one is taken up already; all were decoded before. What
 * was signed is cut out here: the calling thread hashes nothing for it.
 */
export function recoverShared(memory: SharedArrayBuffer): void {
  const bytes = new Uint8Array(memory);
  const words = new DataView(memory);
  const count = words.getUint32(0);
  const { marks, answers, transactionsAt } = layout(memory, count);
  let at = transactionsAt;
  for (let index = 0; index < count && Atomics.exchange(marks, index, 1) === 0; index++) {
    const end = at + LENGTH_BYTES + words.getUint32(at);
    const sender = recoverSender(bytes.slice(at + LENGTH_BYTES, end));
    if (sender !== undefined) {
      answers[index * ANSWER_BYTES] = 1;
      answers.set(sender, index * ANSWER_BYTES + 1);
    }
    at = end;
  }
}
