import type { Address, Bloom, Hash32 } from '../base/brand.js';
import { concatBytes } from '../base/bytes.js';
import { fromHex, toAddress, toBloom, toHash32 } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import { type RlpCursor, rlpList } from '../codec/rlp-reader.js';
import { encodeRlp, encodeRlpList, rlpBytes } from '../codec/rlp-writer.js';

/** A log record. A chain without contracts never makes one; foreign receipts may hold them. */
export interface Log {
  readonly address: Address;
  readonly topics: readonly Hash32[];
  readonly data: Uint8Array;
}

/** A receipt as consensus stores it: a state root before Byzantium (EIP-658), a status from then on. */
export interface Receipt {
  readonly type: 0 | 1 | 2;
  readonly outcome:
    | { readonly kind: 'status'; readonly success: boolean }
    | { readonly kind: 'root'; readonly stateRoot: Hash32 };
  readonly cumulativeGasUsed: bigint;
  readonly logsBloom: Bloom;
  readonly logs: readonly Log[];
}

/** The bytes under the receipts root: the RLP list, with the type in front for a typed transaction (EIP-2718). */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const { outcome } = receipt;
  const list = encodeRlp([
    outcome.kind === 'root' ? fromHex(outcome.stateRoot) : outcome.success ? 1n : 0n,
    receipt.cumulativeGasUsed,
    fromHex(receipt.logsBloom),
    receipt.logs.map((log) => [fromHex(log.address), log.topics.map(fromHex), log.data]),
  ]);
  return receipt.type === 0 ? list : concatBytes(Uint8Array.of(receipt.type), list);
}

/** A block's receipts as they are stored and served (devp2p caps/eth.md, Receipts): typed ones as byte strings. */
export function encodeReceipts(receipts: readonly Receipt[]): Uint8Array {
  return encodeRlpList(
    receipts.map((receipt) => (receipt.type === 0 ? encodeReceipt(receipt) : rlpBytes(encodeReceipt(receipt)))),
  );
}

/** The receipt that {@link encodeReceipt} made; throws DecodeError. */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  const first = bytes[0] ?? 0;
  if (first >= 0xc0) return readReceipt(0, rlpList(bytes));
  if (first === 1 || first === 2) return readReceipt(first, rlpList(bytes.subarray(1)));
  throw new DecodeError('bad-value', `receipt type ${first}`);
}

/** The receipts that {@link encodeReceipts} made; throws DecodeError. */
export function decodeReceipts(bytes: Uint8Array): Receipt[] {
  const items = rlpList(bytes);
  const receipts: Receipt[] = []; // BOUNDED: by the input, in which a receipt has 260 bytes at least
  while (items.hasNext()) {
    const legacy = items.nextIsList();
    const receipt = decodeReceipt(legacy ? items.raw() : items.bytes());
    if (legacy !== (receipt.type === 0)) throw new DecodeError('bad-value', 'a legacy receipt inside a byte string');
    receipts.push(receipt);
  }
  return receipts;
}

function readReceipt(type: 0 | 1 | 2, items: RlpCursor): Receipt {
  const outcome = readOutcome(items.bytesUpTo(32));
  const cumulativeGasUsed = items.bigint(8);
  const logsBloom = toBloom(items.fixed(256));
  // BOUNDED: by the input, in which a log has 23 bytes at least and a topic 33.
  const logs = items.listOf(Number.POSITIVE_INFINITY, readLog);
  items.done();
  return { type, outcome, cumulativeGasUsed, logsBloom, logs };
}

function readOutcome(bytes: Uint8Array): Receipt['outcome'] {
  if (bytes.length === 32) return { kind: 'root', stateRoot: toHash32(bytes) };
  if (bytes.length === 0) return { kind: 'status', success: false };
  if (bytes.length === 1 && bytes[0] === 1) return { kind: 'status', success: true };
  throw new DecodeError('bad-value', 'a receipt outcome that is neither a root nor a status');
}

function readLog(logs: RlpCursor): Log {
  const items = logs.list();
  const address = toAddress(items.fixed(20));
  const topics = items.listOf(4, (list) => toHash32(list.fixed(32)));
  const data = items.bytes();
  items.done();
  return { address, topics, data };
}
