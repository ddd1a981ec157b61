import type { Hash32 } from '../../src/base/brand.js';
import { EMPTY_BLOOM, ZERO_ADDRESS, ZERO_BLOCK_NONCE, ZERO_HASH } from '../../src/base/hex.js';
import { keccak256Hex } from '../../src/crypto/keccak.js';
import type { ChainReader, HeadInfo, Verdict } from '../../src/net/backend.js';
import { deriveRoot } from '../../src/trie/derive-root.js';
import { EMPTY_TRIE_ROOT, EMPTY_UNCLES_HASH } from '../../src/types/account.js';
import {
  type Block,
  type Body,
  type BodyRoots,
  bodyRawOf,
  encodeUncles,
  makeBlock,
  sealedHeaderOf,
} from '../../src/types/block.js';
import type { ForkId } from '../../src/types/fork-id.js';
import { type SealedHeader, sealHeader } from '../../src/types/header.js';
import type { Transaction } from '../../src/types/transaction.js';
import { withSignature } from '../../src/types/transaction-codec.js';

/** A header whose `mixHash` is this one has a wrong seal. */
export const BAD_SEAL = `0x${'bb'.repeat(32)}` as Hash32;
/** A header whose `stateRoot` is this one belongs to a block whose execution fails. */
export const BAD_STATE = `0x${'dd'.repeat(32)}` as Hash32;

/** How a test block differs from a plain one. */
export interface BlockOptions {
  /** Tells blocks of different forks apart. */
  readonly salt?: number;
  readonly difficulty?: bigint;
  readonly transactions?: readonly Transaction[];
  readonly mixHash?: Hash32;
  readonly stateRoot?: Hash32;
  readonly timestamp?: number;
}

/** A legacy transfer that decodes; its signature is made up. */
export function transfer(nonce: number, options: { readonly size?: number; readonly type?: 0 | 2 } = {}): Transaction {
  const common = {
    nonce: BigInt(nonce),
    gasLimit: 21_000n,
    to: ZERO_ADDRESS,
    value: 1n,
    data: new Uint8Array(options.size ?? 0),
  };
  const signature = { r: 1n, s: 1n, yParity: 0 } as const;
  if (options.type !== 2) return withSignature({ type: 0, chainId: 1n, gasPrice: 1n, ...common }, signature);
  const fees = { chainId: 1n, maxFeePerGas: 2n, maxPriorityFeePerGas: 1n, accessList: [] };
  return withSignature({ type: 2, ...fees, ...common }, signature);
}

/** The transactions root of a body. */
const rootOf = (body: Body): Hash32 =>
  body.transactions.length === 0 ? EMPTY_TRIE_ROOT : deriveRoot(body.transactions.map(({ raw }) => raw));

/** A block on top of `parent` (none: a genesis block). */
export function childBlock(parent: SealedHeader | undefined, options: BlockOptions = {}): Block {
  const transactions = options.transactions ?? [];
  const number = parent === undefined ? 0 : parent.header.number + 1;
  const body: Body = { transactions, uncles: [] };
  const header = sealHeader({
    parentHash: parent?.hash ?? ZERO_HASH,
    unclesHash: EMPTY_UNCLES_HASH,
    coinbase: ZERO_ADDRESS,
    stateRoot: options.stateRoot ?? ZERO_HASH,
    transactionsRoot: rootOf(body),
    receiptsRoot: EMPTY_TRIE_ROOT,
    logsBloom: EMPTY_BLOOM,
    difficulty: options.difficulty ?? 100n,
    number,
    gasLimit: 30_000_000n,
    gasUsed: BigInt(transactions.length) * 21_000n,
    timestamp: options.timestamp ?? (parent === undefined ? 0 : parent.header.timestamp + 1),
    extraData: Uint8Array.of(options.salt ?? 0),
    mixHash: options.mixHash ?? ZERO_HASH,
    nonce: ZERO_BLOCK_NONCE,
    baseFeePerGas: 1n,
  });
  return makeBlock(header, body);
}

/** The genesis block that all test chains share. */
export const GENESIS: Block = childBlock(undefined);

/** `count` blocks on top of `parent`, each with `options`. */
export function chainOf(parent: Block, count: number, options: (i: number) => BlockOptions = () => ({})): Block[] {
  const blocks: Block[] = [];
  let tip = sealedHeaderOf(parent);
  for (let i = 0; i < count; i++) {
    const block = childBlock(tip, options(i));
    blocks.push(block);
    tip = sealedHeaderOf(block);
  }
  return blocks;
}

/** A chain in memory with simple rules and a real fork choice. */
export class FakeChain implements ChainReader {
  readonly networkId: bigint;
  readonly genesisHash: Hash32;
  readonly #genesis: Block;
  readonly #lenient: boolean;
  readonly #blocks = new Map<Hash32, { block: Block; sealed: SealedHeader; total: bigint }>();
  readonly #canonical: Hash32[] = [];
  readonly #invalid = new Set<Hash32>();
  /** How often the roots of a body were computed. */
  rootsDerived = 0;
  fork: ForkId = { hash: Uint8Array.of(1, 2, 3, 4), next: 0n };

  /** `lenient`: takes blocks whose execution fails, as a dishonest node would. */
  constructor(options: { readonly networkId?: bigint; readonly genesis?: Block; readonly lenient?: boolean } = {}) {
    this.#lenient = options.lenient ?? false;
    this.networkId = options.networkId ?? 7n;
    this.#genesis = options.genesis ?? GENESIS;
    this.genesisHash = this.#genesis.hash;
    this.#add(this.#genesis, this.#genesis.header.difficulty);
    this.#canonical.push(this.#genesis.hash);
  }

  /** Imports a block with its parent in place; true if it became the head. */
  import(block: Block): 'head' | 'side' | 'known' | 'orphan' | 'invalid' {
    if (this.hasBlock(block.hash)) return 'known';
    const parent = this.#blocks.get(block.header.parentHash);
    if (parent === undefined) return 'orphan';
    if (block.header.stateRoot === BAD_STATE && !this.#lenient) {
      this.#invalid.add(block.hash);
      return 'invalid';
    }
    const before = this.head().totalDifficulty;
    const total = parent.total + block.header.difficulty;
    this.#add(block, total);
    if (total <= before) return 'side';
    this.#makeCanonical(block);
    return 'head';
  }

  importAll(blocks: readonly Block[]): this {
    for (const block of blocks) this.import(block);
    return this;
  }

  headBlock(): Block {
    return this.#entry(this.head().hash).block;
  }

  head(): HeadInfo {
    const hash = this.#canonical[this.#canonical.length - 1] as Hash32;
    const { block, total } = this.#entry(hash);
    return { hash, number: block.header.number, totalDifficulty: total, timestamp: block.header.timestamp };
  }

  forkId(): ForkId {
    return this.fork;
  }

  forkIdMismatch(remote: ForkId): 'remote-stale' | 'local-incompatible' | undefined {
    return Buffer.compare(remote.hash, this.fork.hash) === 0 ? undefined : 'local-incompatible';
  }

  headerByHash(hash: Hash32): SealedHeader | undefined {
    return this.#blocks.get(hash)?.sealed;
  }

  canonicalHash(number: number): Hash32 | undefined {
    return this.#canonical[number];
  }

  totalDifficulty(hash: Hash32): bigint | undefined {
    return this.#blocks.get(hash)?.total;
  }

  bodyRaw(hash: Hash32): Uint8Array | undefined {
    const block = this.blockByHash(hash);
    return block === undefined ? undefined : bodyRawOf(block);
  }

  receiptsRaw(hash: Hash32): Uint8Array | undefined {
    return this.hasBlock(hash) ? Uint8Array.of(0xc0) : undefined;
  }

  blockByHash(hash: Hash32): Block | undefined {
    return this.#blocks.get(hash)?.block;
  }

  hasBlock(hash: Hash32): boolean {
    return this.#blocks.has(hash);
  }

  isInvalid(hash: Hash32): boolean {
    return this.#invalid.has(hash);
  }

  checkHeader(header: SealedHeader, parent: SealedHeader, nowSec: number): Verdict {
    if (header.header.parentHash !== parent.hash) return { ok: false, code: 'header-parent-hash' };
    if (header.header.number !== parent.header.number + 1) return { ok: false, code: 'header-number' };
    if (header.header.timestamp > nowSec + 15) return { ok: false, code: 'header-future' };
    return this.checkSeal(header);
  }

  checkSeal(header: SealedHeader): Verdict {
    return header.header.mixHash === BAD_SEAL ? { ok: false, code: 'header-seal' } : { ok: true };
  }

  checkBody(header: SealedHeader, body: Body): Verdict {
    const { unclesHash, transactionsRoot } = this.bodyRoots(body);
    if (transactionsRoot !== header.header.transactionsRoot) return { ok: false, code: 'body-transactions-root' };
    return unclesHash === header.header.unclesHash ? { ok: true } : { ok: false, code: 'body-uncles-hash' };
  }

  bodyRoots(body: Body): BodyRoots {
    this.rootsDerived++;
    return { unclesHash: keccak256Hex(encodeUncles(body.uncles)), transactionsRoot: rootOf(body) };
  }

  #add(block: Block, total: bigint): void {
    this.#blocks.set(block.hash, { block, sealed: sealedHeaderOf(block), total });
  }

  #entry(hash: Hash32): { block: Block; sealed: SealedHeader; total: bigint } {
    const entry = this.#blocks.get(hash);
    if (entry === undefined) throw new Error(`no block ${hash}`);
    return entry;
  }

  #makeCanonical(tip: Block): void {
    const added: Hash32[] = [];
    let at = tip;
    while (this.#canonical[at.header.number] !== at.hash) {
      added.push(at.hash);
      at = this.#entry(at.header.parentHash).block;
    }
    this.#canonical.length = at.header.number + 1;
    this.#canonical.push(...added.reverse());
  }
}
