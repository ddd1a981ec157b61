import type { Address } from '../../base/brand.js';
import { bigIntToFixedBytes } from '../../base/bytes.js';
import { fromHex, toAddress } from '../../base/hex.js';
import { addressOf } from '../../crypto/address.js';
import type { Crypto } from '../../crypto/crypto.js';
import type { Signature } from '../../types/transaction.js';

/** A signed digest: 32 bytes digest, 32 r, 32 s, 1 parity. */
const ITEM_BYTES = 97;
/** An answer: 1 if there is a signer, and the 20 bytes of its address. */
const ANSWER_BYTES = 21;

/** One signature to recover. r and s are below 2^256. */
export interface SignedDigest {
  readonly digest: Uint8Array;
  readonly signature: Signature;
}

/** The items one after the other, in memory of their own that can be handed to a thread. */
export function packItems(items: readonly SignedDigest[]): ArrayBuffer {
  const bytes = new Uint8Array(items.length * ITEM_BYTES);
  items.forEach(({ digest, signature }, index) => {
    const at = index * ITEM_BYTES;
    bytes.set(digest, at);
    bytes.set(bigIntToFixedBytes(signature.r, 32), at + 32);
    bytes.set(bigIntToFixedBytes(signature.s, 32), at + 64);
    bytes[at + 96] = signature.yParity;
  });
  return bytes.buffer;
}

/** Recovers packed items into packed answers, in order. */
export function recoverPacked(packed: ArrayBuffer, crypto: Crypto): ArrayBuffer {
  const items = new Uint8Array(packed);
  const count = items.length / ITEM_BYTES;
  const answers = new Uint8Array(count * ANSWER_BYTES);
  for (let index = 0; index < count; index++) {
    const item = items.subarray(index * ITEM_BYTES, (index + 1) * ITEM_BYTES);
    const publicKey = crypto.recover(item.subarray(0, 32), item.subarray(32, 96), item[96] as number);
    if (publicKey === undefined) continue;
    answers[index * ANSWER_BYTES] = 1;
    answers.set(fromHex(addressOf(publicKey)), index * ANSWER_BYTES + 1);
  }
  return answers.buffer;
}

/** The addresses of packed answers; undefined where nobody can have signed. */
export function unpackAnswers(packed: ArrayBuffer): (Address | undefined)[] {
  const answers = new Uint8Array(packed);
  return Array.from({ length: answers.length / ANSWER_BYTES }, (_, index) => {
    const at = index * ANSWER_BYTES;
    return answers[at] === 1 ? toAddress(answers.subarray(at + 1, at + ANSWER_BYTES)) : undefined;
  });
}
