import type { Hash32 } from '../base/brand.js';
import type { Block, Body, BodyRoots } from '../types/block.js';
import type { ForkId } from '../types/fork-id.js';
import type { SealedHeader } from '../types/header.js';
import type { Transaction } from '../types/transaction.js';
import type { ConnId } from './io.js';

/** The chain's tip as peers hear of it. */
export interface HeadInfo {
  readonly hash: Hash32;
  readonly number: number;
  readonly totalDifficulty: bigint;
  /** Seconds. */
  readonly timestamp: number;
}

/** The outcome of a check; `code` is the broken rule's name. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly code: string };

/** What the network wing asks of the chain. Every method is a plain synchronous read. */
export interface ChainReader {
  readonly networkId: bigint;
  readonly genesisHash: Hash32;
  head(): HeadInfo;
  /** Our EIP-2124 fork id at the head. */
  forkId(): ForkId;
  /** Undefined if a peer with `remote` may be on our chain, else why it can't be (EIP-2124). */
  forkIdMismatch(remote: ForkId): 'remote-stale' | 'local-incompatible' | undefined;
  headerByHash(hash: Hash32): SealedHeader | undefined;
  /** The hash of the canonical block with this number. */
  canonicalHash(number: number): Hash32 | undefined;
  totalDifficulty(hash: Hash32): bigint | undefined;
  /** rlp([transactions, uncles]) of a stored block. */
  bodyRaw(hash: Hash32): Uint8Array | undefined;
  /** rlp([receipt, ...]) of a stored block, typed receipts as byte strings (the eth/66-68 form). */
  receiptsRaw(hash: Hash32): Uint8Array | undefined;
  /** The whole stored block, for serving and announcing. */
  blockByHash(hash: Hash32): Block | undefined;
  /** True if the block and its state are stored (canonical or side chain). */
  hasBlock(hash: Hash32): boolean;
  /** True if the block was found invalid before. */
  isInvalid(hash: Hash32): boolean;
  /** Structure, link to `parent`, difficulty, time, gas limit, base fee and seal; no body, no state. */
  checkHeader(header: SealedHeader, parent: SealedHeader, nowSec: number): Verdict;
  /** Structure and seal alone, for a header whose parent is not known: what it claims, it has worked for. */
  checkSeal(header: SealedHeader): Verdict;
  /** Transactions root and uncles hash of `body` against the header. */
  checkBody(header: SealedHeader, body: Body): Verdict;
  /** The transactions root and uncles hash that the header of `body` must have: for a body of which that header is not known. */
  bodyRoots(body: Body): BodyRoots;
}

/** How a block reached us; it decides what an invalid one costs its sender. */
export type BlockSource = { readonly conn: ConnId; readonly how: 'new-block' | 'announced' | 'sync' };

/** What became of a submitted block. */
export type BlockResult =
  | { readonly kind: 'imported'; readonly newHead: boolean }
  | { readonly kind: 'known' }
  | { readonly kind: 'orphan'; readonly missingParent: Hash32 }
  /** Its time is ahead of ours; it is held and tried again. */
  | { readonly kind: 'future' }
  | { readonly kind: 'invalid'; readonly code: string };

/** Where received blocks go. Results come back through `Swarm.onBlockResult`, in the order of submission. */
export interface BlockSink {
  /** False if the import queue is full: keep the block and try again after the next result. */
  submitBlock(block: Block, source: BlockSource): boolean;
  /** Blocks submitted and not yet answered. */
  queuedBlocks(): number;
}

/** What became of a submitted transaction: taken, known, or refused by a rule. */
export type TxResult =
  | { readonly kind: 'added' }
  | { readonly kind: 'known' }
  /** Invalid whatever the state is: signature, chain id, intrinsic gas, size. */
  | { readonly kind: 'invalid'; readonly code: string }
  /** Refused for what the state or the pool is now: nonce, balance, price, full. */
  | { readonly kind: 'refused'; readonly code: string };

/** Where received transactions go and announced ones are looked up. */
export interface TxSink {
  /**
   * Takes the first ones, as many as there is room for, and returns how many. Their results come back later through
   * `Swarm.onTransactionResults` with the same `conn`; of the others nothing is kept.
   */
  submitTransactions(transactions: readonly Transaction[], conn: ConnId): number;
  hasTransaction(hash: Hash32): boolean;
  getTransaction(hash: Hash32): Transaction | undefined;
  /** Up to `limit` executable transactions, for the announcement to a new peer. */
  pendingTransactions(limit: number): readonly Transaction[];
}
