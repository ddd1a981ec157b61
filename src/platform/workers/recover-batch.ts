import type { Address } from '../../base/brand.js';
import { fromHex, toAddress } from '../../base/hex.js';
import { senderOf } from '../../types/sender.js';
import { decodeTransaction } from '../../types/transaction-codec.js';

/** In front of each transaction stands its length. */
const LENGTH_BYTES = 4;
/** An answer: 1 if there is a signer, and the 20 bytes of its address. */
const ANSWER_BYTES = 21;

/** The network forms of transactions one after the other, in memory of their own that can be handed to a thread. */
export function packTransactions(raws: readonly Uint8Array[]): ArrayBuffer {
  const length = raws.reduce((sum, raw) => sum + LENGTH_BYTES + raw.length, 0);
  const packed = new Uint8Array(length);
  const lengths = new DataView(packed.buffer);
  let at = 0;
  for (const raw of raws) {
    lengths.setUint32(at, raw.length);
    packed.set(raw, at + LENGTH_BYTES);
    at += LENGTH_BYTES + raw.length;
  }
  return packed.buffer;
}

/**
 * Recovers the senders of packed transactions, all of which were decoded before, into packed answers, in order. To decode
 * them again here costs the calling thread nothing, where their signed hashes would.
 */
export function recoverPacked(packed: ArrayBuffer): ArrayBuffer {
  const raws = unpackTransactions(packed);
  const answers = new Uint8Array(raws.length * ANSWER_BYTES);
  for (const [index, raw] of raws.entries()) {
    const sender = senderOf(decodeTransaction(raw));
    if (sender === undefined) continue;
    answers[index * ANSWER_BYTES] = 1;
    answers.set(fromHex(sender), index * ANSWER_BYTES + 1);
  }
  return answers.buffer;
}

function unpackTransactions(packed: ArrayBuffer): Uint8Array[] {
  const raws: Uint8Array[] = []; // BOUNDED: by what the calling thread packed
  const lengths = new DataView(packed);
  for (let at = 0; at < packed.byteLength; ) {
    const length = lengths.getUint32(at);
    raws.push(new Uint8Array(packed, at + LENGTH_BYTES, length));
    at += LENGTH_BYTES + length;
  }
  return raws;
}

/** The addresses of packed answers; undefined where nobody can have signed. */
export function unpackAnswers(packed: ArrayBuffer): (Address | undefined)[] {
  const answers = new Uint8Array(packed);
  return Array.from({ length: answers.length / ANSWER_BYTES }, (_, index) => {
    const at = index * ANSWER_BYTES;
    return answers[at] === 1 ? toAddress(answers.subarray(at + 1, at + ANSWER_BYTES)) : undefined;
  });
}
