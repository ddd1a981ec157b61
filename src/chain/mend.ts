import type { Hash32 } from '../base/brand.js';
import { invariant } from '../base/invariant.js';
import { DecodeError } from '../codec/decode-error.js';
import { applyBlock } from '../state/apply-block.js';
import type { WorldState } from '../state/world-state.js';
import {
  removeCanonical,
  writeBlock,
  writeCanonical,
  writeCodes,
  writeStateNodes,
  writeTotalDifficulty,
} from '../store/records.js';
import { MissingNodeError } from '../trie/trie.js';
import { type Block, bodyRawOf, sealedHeaderOf } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import { type BlockStore, orUndefined } from './block-store.js';
import type { BuiltGenesis } from './genesis.js';

/** Where a damaged chain is found. */
export interface MendDeps {
  readonly store: BlockStore;
  readonly states: WorldState;
}

/** What a damaged chain came to. */
export interface Mended {
  /** The highest number up to which every block is whole, and so is the last one's state. */
  readonly top: number;
  /** Blocks of which something was lost and made anew. */
  readonly blocks: number;
}

/**
 * What is made anew waits in memory for one batch: 150 B a node. A chain that needs more goes back to where it got, and
 * fetches the rest again.
 */
const MAX_REBUILT_NODES = 1_000_000;

/**
 * Makes good what a damaged store lost, from what it still has: the genesis block from its file, numbers, places and
 * total difficulties from the blocks, receipts and states by executing the blocks again. A header or body can't be made
 * anew: there the whole part of the chain ends. `top` is the number of the head, or where the numbers end.
 */
export function mendChain(deps: MendDeps, genesis: BuiltGenesis, top: number): Mended {
  const { store } = deps;
  writeStateNodes(store.kv, genesis.state.nodes);
  writeCodes(store.kv, genesis.state.codes);
  writeBlock(store.kv, genesis.records);
  writeCanonical(store.kv, genesis.sealed.header.number, genesis.sealed.hash, []);

  let work = genesis.records.totalDifficulty;
  let linked = 0;
  const mended = new Set<number>(); // BOUNDED: by the chain
  const unexecuted: Hash32[] = []; // BOUNDED: by the chain
  for (let parent = genesis.sealed.hash; linked < top; linked++) {
    const block = blockAbove(store, linked, parent);
    if (block === undefined) break;
    work += block.header.difficulty;
    // Both are to be looked at.
    const sound = [mendPlaces(store, block), mendWork(store, block, work)];
    if (sound.includes(false)) mended.add(linked + 1);
    if (!hasResults(deps, block)) unexecuted.push(block.hash);
    parent = block.hash;
  }
  dropNumbersAbove(store, top);
  const executor = new Executor(deps, genesis.spec, mended);
  let whole = executor.isWhole(linked) ? linked : executor.upTo(linked);
  for (const hash of unexecuted) {
    const block = store.blockOrFail(hash);
    const { number } = block.header;
    if (number > whole) break;
    // What the head's state needed has been executed by now.
    if (!hasResults(deps, block) && !executor.execute(number)) whole = Math.min(whole, executor.upTo(number));
  }
  return { top: whole, blocks: mended.size };
}

/** Executes stored blocks again, and stores what comes of it. */
class Executor {
  readonly #deps: MendDeps;
  readonly #spec: ChainSpec;
  /** The numbers of the blocks that were executed, among others. */
  readonly #mended: Set<number>;
  #nodes = 0;

  constructor(deps: MendDeps, spec: ChainSpec, mended: Set<number>) {
    this.#deps = deps;
    this.#spec = spec;
    this.#mended = mended;
  }

  /** True if the whole state after the block is stored. */
  isWhole(number: number): boolean {
    return this.#deps.states.isWhole(this.#blockAt(number).header.stateRoot);
  }

  /** Makes the state after the block, from the newest whole one below it. Returns how far that went. */
  upTo(number: number): number {
    let reached = number;
    // Each look is as slow as the state is large; the genesis block's state is whole.
    for (let step = 1; reached > 0 && !this.isWhole(reached); step *= 2) reached = Math.max(0, reached - step);
    while (reached < number && this.execute(reached + 1)) reached++;
    return reached;
  }

  /** False if the state before the block is not whole, or more was executed than memory should hold. */
  execute(number: number): boolean {
    const { store, states } = this.#deps;
    if (this.#nodes > MAX_REBUILT_NODES) return false;
    const block = this.#blockAt(number);
    try {
      const parent = store.headerOrFail(block.header.parentHash);
      const executed = applyBlock(states, parent.header.stateRoot, block, this.#spec);
      if (!executed.ok) return false;
      const { receiptsRaw, state } = executed.value;
      writeStateNodes(store.kv, state.nodes);
      writeBlock(store.kv, {
        hash: block.hash,
        headerRaw: sealedHeaderOf(block).raw,
        bodyRaw: bodyRawOf(block),
        receiptsRaw,
        totalDifficulty: store.workOf(block.hash),
      });
      states.keep(state);
      this.#nodes += state.nodes.length;
      this.#mended.add(number);
      return true;
    } catch (error) {
      if (error instanceof MissingNodeError || error instanceof DecodeError) return false;
      throw error;
    }
  }

  #blockAt(number: number): Block {
    const hash = this.#deps.store.canonicalHash(number);
    invariant(hash !== undefined, `number ${number} was mended`);
    return this.#deps.store.blockOrFail(hash);
  }
}

/** The block on top of `parent` at `number`, if it is all there. */
function blockAbove(store: BlockStore, number: number, parent: Hash32): Block | undefined {
  const hash = store.canonicalHash(number + 1) ?? orUndefined(() => parentOfCanonical(store, number + 2));
  const block = hash === undefined ? undefined : orUndefined(() => store.block(hash));
  return block?.header.parentHash === parent && block.header.number === number + 1 ? block : undefined;
}

function parentOfCanonical(store: BlockStore, number: number): Hash32 | undefined {
  const hash = store.canonicalHash(number);
  return hash === undefined ? undefined : store.header(hash)?.header.parentHash;
}

/** False if the block's number or the place of a transaction had to be written again. */
function mendPlaces(store: BlockStore, block: Block): boolean {
  const { number } = block.header;
  const sound =
    store.canonicalHash(number) === block.hash &&
    block.transactions.every((tx, index) => {
      const place = store.transactionLocation(tx.hash);
      return place?.number === number && place.index === index;
    });
  if (!sound)
    writeCanonical(
      store.kv,
      number,
      block.hash,
      block.transactions.map((tx) => tx.hash),
    );
  return sound;
}

/** False if the total difficulty had to be written again. */
function mendWork(store: BlockStore, block: Block, work: bigint): boolean {
  if (store.totalDifficulty(block.hash) === work) return true;
  writeTotalDifficulty(store.kv, block.hash, work);
  return false;
}

/** True if the block's receipts are there, and its state as far as its root tells. */
function hasResults({ store, states }: MendDeps, block: Block): boolean {
  return orUndefined(() => store.receipts(block.hash)) !== undefined && states.has(block.header.stateRoot);
}

/** A repair can bring back numbers that a reorganisation to a shorter chain had taken away. */
function dropNumbersAbove(store: BlockStore, top: number): void {
  for (let number = top + 1; store.canonicalHash(number) !== undefined; number++) removeCanonical(store.kv, number, []);
}
