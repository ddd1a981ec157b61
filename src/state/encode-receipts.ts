import { concatBytes } from '../base/bytes.js';
import { EMPTY_BLOOM } from '../base/hex.js';
import { encodeRlpList, rlpBigInt, rlpBytes, rlpBytesHeader } from '../codec/rlp-writer.js';
import { encodeReceipt, type Receipt } from '../types/receipt.js';

/** A block's receipts in both of their encodings. */
export interface EncodedReceipts {
  /** Each as it stands under the receipts root. */
  readonly items: readonly Uint8Array[];
  /** rlp([receipt, ...]) as stored and served: typed ones as byte strings (devp2p caps/eth.md, Receipts). */
  readonly list: Uint8Array;
}

const SUCCESS = Uint8Array.of(1);
const NOTHING_LOGGED = concatBytes(rlpBytes(new Uint8Array(256)), Uint8Array.of(0xc0));

/** Encodes each receipt once. */
export function encodeReceiptsOnce(receipts: readonly Receipt[]): EncodedReceipts {
  const items = receipts.map(encodeFast);
  const parts = items.flatMap((item, index) =>
    receipts[index]?.type === 0 ? [item] : [rlpBytesHeader(item.length), item],
  );
  return { items, list: encodeRlpList(parts) };
}

/** What `encodeReceipt` gives. Receipts here differ in type and gas alone; the rest is put together from ready parts. */
function encodeFast(receipt: Receipt): Uint8Array {
  const { type, outcome, logsBloom, logs } = receipt;
  if (outcome.kind === 'root' || !outcome.success || logsBloom !== EMPTY_BLOOM || logs.length > 0)
    return encodeReceipt(receipt);
  return encodeRlpList([SUCCESS, rlpBigInt(receipt.cumulativeGasUsed), NOTHING_LOGGED], type);
}
