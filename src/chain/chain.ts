import type { Hash32 } from '../base/brand.js';
import type { RuleError } from '../consensus/rule-error.js';
import type { KvBatch } from '../ports/kv.js';
import type { StateView } from '../state/view.js';
import type { Block, Body, BodyRoots } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { ForkId } from '../types/fork-id.js';
import type { SealedHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import type { Transaction } from '../types/transaction.js';
import type { Proposal, ProposalFields } from './proposal.js';

/** A stored header and the work of the chain that it ends. */
export interface ChainHead extends SealedHeader {
  readonly totalDifficulty: bigint;
}

/** The head that a header becomes. */
export function chainHead({ hash, header, raw }: SealedHeader, totalDifficulty: bigint): ChainHead {
  return { hash, header, raw, totalDifficulty };
}

/**
 * How the canonical chain changed. Both lists are in rising order; one of them may be empty, not both. Of more than
 * MAX_HANDED_OUT blocks on a side only the last are in its list: a chain may be replaced from the genesis block on.
 */
export interface Reorg {
  /** Number of the last block that both the old and the new chain hold. */
  readonly common: number;
  /** How many blocks left the canonical chain. */
  readonly depth: number;
  /** The last of the blocks that left the canonical chain. */
  readonly dropped: readonly Block[];
  /** The last of the blocks that joined it; the very last one is the new head. */
  readonly added: readonly Block[];
  /** True if the lists hold all the blocks that left and joined. */
  readonly isWhole: boolean;
  /** The transactions, the first 4096 at most, of all blocks that left which are in none that joined, in their order. */
  readonly returning: readonly Transaction[];
}

/** What became of one block that was offered. */
export type BlockOutcome =
  /** Stored before, with its state; nothing changed. */
  | { readonly kind: 'known' }
  /** Sound in itself and kept for a while; `missingParent` is the nearest ancestor that is not here. */
  | { readonly kind: 'orphan'; readonly missingParent: Hash32 }
  /** Valid so far, but from more than 15 s ahead: offer it again at `retryAtMs`. Not kept. */
  | { readonly kind: 'future'; readonly retryAtMs: number }
  /** `mutated`: the body is not the header's, so the header itself may still be good. */
  | { readonly kind: 'invalid'; readonly error: RuleError; readonly mutated: boolean }
  /** Valid and stored, but not on the heaviest chain. */
  | { readonly kind: 'side' }
  /** Valid, stored and the new head. */
  | { readonly kind: 'head'; readonly reorg: Reorg };

/** A block that waited for its parent, and what became of it once the parent was there. */
export interface AdoptedBlock {
  readonly block: Block;
  readonly outcome: BlockOutcome;
}

/** {@link BlockOutcome} of the offered block, and of each orphan that it brought in, parents first. */
export type ImportOutcome = BlockOutcome & { readonly alsoImported: readonly AdoptedBlock[] };

/** Where a transaction stands in the canonical chain. */
export interface TransactionLocation {
  readonly blockHash: Hash32;
  readonly number: number;
  readonly index: number;
}

/** A block that was refused, for the operator to look at. */
export interface BadBlock {
  readonly block: Block;
  readonly error: RuleError;
}

/** A head of one of the forks that are known. */
export interface ChainTip {
  readonly hash: Hash32;
  readonly number: number;
  readonly totalDifficulty: bigint;
  readonly canonical: boolean;
}

/**
 * What opening found. `mended`: of some blocks something was lost and made anew. `rewound`: the newest blocks had lost
 * their state or records, and the head went back.
 */
export type ChainOpening =
  | { readonly kind: 'created' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'mended'; readonly blocks: number }
  | { readonly kind: 'rewound'; readonly from: number; readonly to: number };

/** Why a check failed, or that it did not. */
export type ChainVerdict = { readonly ok: true } | { readonly ok: false; readonly code: string };

/**
 * The block chain over its store. Everything is synchronous: reads see at once what an import changed, and the host
 * writes the changes afterwards with {@link takeBatch} and {@link markWritten}.
 */
export interface Chain {
  readonly spec: ChainSpec;
  readonly genesisHash: Hash32;
  readonly opening: ChainOpening;

  head(): ChainHead;
  headerByHash(hash: Hash32): SealedHeader | undefined;
  /** On the canonical chain. */
  headerByNumber(number: number): SealedHeader | undefined;
  canonicalHash(number: number): Hash32 | undefined;
  blockByHash(hash: Hash32): Block | undefined;
  /** The same for walks over many blocks: what they read pushes no recent block out of memory. */
  peekBlock(hash: Hash32): Block | undefined;
  /** On the canonical chain. */
  blockByNumber(number: number): Block | undefined;
  /** rlp([transactions, uncles]). */
  bodyRaw(hash: Hash32): Uint8Array | undefined;
  /** rlp([receipt, ...]) in the eth/66-68 form. */
  receiptsRaw(hash: Hash32): Uint8Array | undefined;
  /** Undefined if the block is not stored. */
  receiptsOf(hash: Hash32): readonly Receipt[] | undefined;
  totalDifficulty(hash: Hash32): bigint | undefined;
  /** True if the block and its state are stored, canonical or not. */
  hasBlock(hash: Hash32): boolean;
  /** True if the block was refused in this run for something that its hash commits to. */
  isInvalid(hash: Hash32): boolean;
  /** Undefined if the transaction is in no canonical block. */
  transactionLocation(hash: Hash32): TransactionLocation | undefined;
  /** Undefined if the state with this root is not stored. */
  stateAt(root: Hash32): StateView | undefined;
  forkId(): ForkId;
  forkIdMismatch(remote: ForkId): 'remote-stale' | 'local-incompatible' | undefined;

  /** Header rules against `parent`; a time ahead of `nowSec` + 15 has the code `header-future`. */
  checkHeader(header: SealedHeader, parent: SealedHeader, nowSec: number): ChainVerdict;
  /** The header's structure and seal alone. */
  checkSeal(header: SealedHeader): ChainVerdict;
  /** Transactions root and uncles hash alone. */
  checkBody(header: SealedHeader, body: Body): ChainVerdict;
  /** The transactions root and uncles hash that the header of `body` must have: for a body of which that header is not known. */
  bodyRoots(body: Body): BodyRoots;

  /** Checks, executes, stores; never throws for what a remote sent. */
  importBlock(block: Block, nowSec: number): ImportOutcome;
  /** Starts a block on top of a stored one, for the miner. Undefined if `parentHash` or its state is not here. */
  propose(parentHash: Hash32, fields: ProposalFields): Proposal | undefined;
  /** Recent side blocks that a child of `parentHash` may name as uncles, oldest first. */
  uncleCandidates(parentHash: Hash32): readonly SealedHeader[];
  /** Makes the canonical block with this number the head again; undefined if there is none below the head. */
  setHead(number: number): Reorg | undefined;
  tips(): readonly ChainTip[];
  badBlocks(): readonly BadBlock[];
  orphanCount(): number;

  /** Every change since the last call, to be written as one batch; undefined if there is none. */
  takeBatch(): KvBatch | undefined;
  /** The oldest batch taken and not yet marked is durable now. */
  markWritten(): void;
}
