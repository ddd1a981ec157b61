import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import { invariant } from '../base/invariant.js';
import { DecodeError } from '../codec/decode-error.js';
import type { Overlay } from '../store/overlay.js';
import {
  readBodyRaw,
  readCanonical,
  readHeaderRaw,
  readReceiptsRaw,
  readTotalDifficulty,
  readTransactionPlace,
} from '../store/records.js';
import { type Block, bodyRawOf, decodeBody, makeBlock } from '../types/block.js';
import { decodeHeader, type SealedHeader } from '../types/header.js';
import { decodeReceipts, type Receipt } from '../types/receipt.js';
import type { TransactionLocation } from './chain.js';

/** Headers kept decoded, 2 kB each: header replies, ancestor walks, fee history. */
const RECENT_HEADERS = 2048;
/** Blocks kept decoded with their senders, up to 2 MB each when full: gossip, reorganisations, RPC at the tip. */
const RECENT_BLOCKS = 16;

/** Blocks as they are stored, decoded, with the recent ones at hand. What is stored under a hash never changes. */
export class BlockStore {
  readonly kv: Overlay;
  readonly #headers = new BoundedMap<Hash32, SealedHeader>(RECENT_HEADERS);
  readonly #blocks = new BoundedMap<Hash32, Block>(RECENT_BLOCKS);

  constructor(kv: Overlay) {
    this.kv = kv;
  }

  header(hash: Hash32): SealedHeader | undefined {
    const recent = this.#headers.get(hash);
    if (recent !== undefined) return recent;
    const raw = readHeaderRaw(this.kv, hash);
    if (raw === undefined) return undefined;
    const sealed = decodeHeader(raw);
    this.#headers.set(hash, sealed);
    return sealed;
  }

  block(hash: Hash32): Block | undefined {
    const recent = this.#blocks.get(hash);
    if (recent !== undefined) return recent;
    const block = this.#read(hash);
    if (block !== undefined) this.#blocks.set(hash, block);
    return block;
  }

  /** The block, without becoming one of the recent ones: a walk over old blocks is not to push those at the tip out. */
  peekBlock(hash: Hash32): Block | undefined {
    return this.#blocks.peek(hash) ?? this.#read(hash);
  }

  /** The block, which some record says is stored. */
  blockOrFail(hash: Hash32): Block {
    return found(hash, this.block(hash));
  }

  /** The same by {@link peekBlock}. */
  peekBlockOrFail(hash: Hash32): Block {
    return found(hash, this.peekBlock(hash));
  }

  /** The header, which some record says is stored. */
  headerOrFail(hash: Hash32): SealedHeader {
    const sealed = this.header(hash);
    invariant(sealed !== undefined, `the store lost header ${hash}`);
    return sealed;
  }

  /** True if all records of the block are there. */
  isComplete(hash: Hash32): boolean {
    if (this.#blocks.has(hash)) return true;
    const records = [this.header(hash), this.bodyRaw(hash), this.receiptsRaw(hash), this.totalDifficulty(hash)];
    return !records.includes(undefined);
  }

  bodyRaw(hash: Hash32): Uint8Array | undefined {
    const recent = this.#blocks.peek(hash);
    return recent === undefined ? readBodyRaw(this.kv, hash) : bodyRawOf(recent);
  }

  receiptsRaw(hash: Hash32): Uint8Array | undefined {
    return readReceiptsRaw(this.kv, hash);
  }

  receipts(hash: Hash32): readonly Receipt[] | undefined {
    const raw = this.receiptsRaw(hash);
    return raw === undefined ? undefined : decodeReceipts(raw);
  }

  totalDifficulty(hash: Hash32): bigint | undefined {
    return readTotalDifficulty(this.kv, hash);
  }

  /** The total difficulty of a block that is stored. */
  workOf(hash: Hash32): bigint {
    const work = this.totalDifficulty(hash);
    invariant(work !== undefined, `the store lost the total difficulty of block ${hash}`);
    return work;
  }

  canonicalHash(number: number): Hash32 | undefined {
    return Number.isSafeInteger(number) && number >= 0 ? readCanonical(this.kv, number) : undefined;
  }

  transactionLocation(hash: Hash32): TransactionLocation | undefined {
    const place = readTransactionPlace(this.kv, hash);
    const blockHash = place && this.canonicalHash(place.number);
    return blockHash === undefined || place === undefined ? undefined : { blockHash, ...place };
  }

  /** Notes a block that was just stored. */
  remember(sealed: SealedHeader, block: Block): void {
    this.#headers.set(sealed.hash, sealed);
    this.#blocks.set(block.hash, block);
  }

  /** Notes that a block is not stored any more. */
  forget(hash: Hash32): void {
    this.#headers.delete(hash);
    this.#blocks.delete(hash);
  }

  #read(hash: Hash32): Block | undefined {
    const sealed = this.header(hash);
    const bodyRaw = this.bodyRaw(hash);
    return sealed === undefined || bodyRaw === undefined ? undefined : makeBlock(sealed, decodeBody(bodyRaw));
  }
}

function found(hash: Hash32, block: Block | undefined): Block {
  invariant(block !== undefined, `the store lost block ${hash}`);
  return block;
}

/** What `read` returns, or undefined if the record that it reads does not decode. */
export function orUndefined<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
