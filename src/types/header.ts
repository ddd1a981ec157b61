import type { Address, BlockNonce, Bloom, Hash32 } from '../base/brand.js';

/**
 * A block header: the 15 fields of the Yellow Paper in RLP order, and EIP-1559's base fee from London on.
 * `number` and `timestamp` (seconds) are safe integers: the decoder refuses larger ones, which no honest chain reaches.
 */
export interface Header {
  readonly parentHash: Hash32;
  readonly unclesHash: Hash32;
  readonly coinbase: Address;
  readonly stateRoot: Hash32;
  readonly transactionsRoot: Hash32;
  readonly receiptsRoot: Hash32;
  readonly logsBloom: Bloom;
  readonly difficulty: bigint;
  readonly number: number;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly timestamp: number;
  readonly extraData: Uint8Array;
  readonly mixHash: Hash32;
  readonly nonce: BlockNonce;
  /** Undefined before London. */
  readonly baseFeePerGas: bigint | undefined;
}

/** A header with its hash and its canonical encoding, so that neither is computed twice. */
export interface SealedHeader {
  readonly hash: Hash32;
  readonly header: Header;
  readonly raw: Uint8Array;
}
