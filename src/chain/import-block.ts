import type { Hash32 } from '../base/brand.js';
import { checkBodyRoots } from '../consensus/check-body.js';
import { checkHeader } from '../consensus/check-header.js';
import { type AncestorLookup, checkUncles } from '../consensus/check-uncles.js';
import { takesOver } from '../consensus/fork-choice.js';
import { checkSeal } from '../consensus/pow.js';
import { type RuleError, ruleError } from '../consensus/rule-error.js';
import { applyBlock, type ExecutedBlock } from '../state/apply-block.js';
import type { WorldState } from '../state/world-state.js';
import { writeBlock, writeStateNodes } from '../store/records.js';
import { EMPTY_UNCLES_HASH } from '../types/account.js';
import { type Block, bodyRawOf, sealedHeaderOf } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { SealedHeader } from '../types/header.js';
import type { BlockStore } from './block-store.js';
import { moveHead } from './canonical.js';
import { type AdoptedBlock, type BlockOutcome, type ChainHead, chainHead, type ImportOutcome } from './chain.js';
import { InvalidBlocks } from './invalid-blocks.js';
import { OrphanPool } from './orphans.js';
import { RecentForks } from './recent-forks.js';

/** How far ahead of our clock a block may be, in seconds; `checkHeader` decides, this says when to try again. */
const MAX_AHEAD_SEC = 15;

/** What importing works on. */
export interface ImporterDeps {
  readonly store: BlockStore;
  readonly states: WorldState;
  readonly spec: ChainSpec;
  /** False accepts any seal. */
  readonly checkSeals: boolean;
}

/**
 * Takes blocks in, each through the same stages in the order of their cost: known, linked, header, body, uncles,
 * execution; then stored whole, and the head if it has the most work. A block whose parent's state is here is executed
 * at once, on whatever fork it is, so a reorganisation later has nothing left to check.
 */
export class Importer {
  readonly #deps: ImporterDeps;
  readonly orphans = new OrphanPool();
  readonly invalid = new InvalidBlocks();
  readonly forks = new RecentForks();
  head: ChainHead;

  constructor(deps: ImporterDeps, head: ChainHead) {
    this.#deps = deps;
    this.head = head;
    this.forks.add(head);
  }

  /** Imports `block`, and then the orphans that waited for it. */
  importBlock(block: Block, nowSec: number): ImportOutcome {
    const outcome = this.#importOne(block, nowSec);
    const alsoImported: AdoptedBlock[] = []; // BOUNDED: by the orphan pool
    const parents = isStored(outcome) ? [block.hash] : [];
    for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
      for (const child of this.orphans.takeChildren(parent)) {
        const adopted = this.#importOne(child, nowSec);
        alsoImported.push({ block: child, outcome: adopted });
        if (isStored(adopted)) parents.push(child.hash);
      }
    }
    return { ...outcome, alsoImported };
  }

  /** True if the block and its state are stored. One that lost a record to damage is taken in again. */
  hasBlock(hash: Hash32): boolean {
    const { store, states } = this.#deps;
    const sealed = store.header(hash);
    return sealed !== undefined && states.has(sealed.header.stateRoot) && store.isComplete(hash);
  }

  /** A stored block with its uncles. */
  readonly ancestor: AncestorLookup = (hash) => {
    const sealed = this.#deps.store.header(hash);
    if (sealed === undefined) return undefined;
    const hasUncles = sealed.header.unclesHash !== EMPTY_UNCLES_HASH;
    return { sealed, uncles: hasUncles ? this.#deps.store.blockOrFail(hash).uncles : [] };
  };

  /** Makes a stored block the head, whatever its work. */
  moveHeadTo(hash: Hash32): Extract<BlockOutcome, { kind: 'head' }> {
    const { store } = this.#deps;
    const reorg = moveHead(store, this.head.hash, hash);
    this.head = chainHead(store.headerOrFail(hash), store.workOf(hash));
    return { kind: 'head', reorg };
  }

  #importOne(block: Block, nowSec: number): BlockOutcome {
    if (this.hasBlock(block.hash)) return this.#choose(block.hash) ?? { kind: 'known' };
    const knownError = this.invalid.errorOf(block.hash);
    if (knownError !== undefined) return { kind: 'invalid', error: knownError, mutated: false };
    const { parentHash } = block.header;
    if (this.invalid.errorOf(parentHash) !== undefined)
      return this.#refuse(block, ruleError('parent-invalid', parentHash), undefined);
    const parent = this.hasBlock(parentHash) ? this.#deps.store.header(parentHash) : undefined;
    return parent === undefined ? this.#hold(block) : this.#linked(block, parent, nowSec);
  }

  /** Keeps a block without a parent, if it is worth it: sealed, and with the body that its header names. */
  #hold(block: Block): BlockOutcome {
    if (!this.orphans.has(block.hash)) {
      const badSeal = this.#deps.checkSeals ? checkSeal(block.header) : undefined;
      if (badSeal !== undefined) return { kind: 'invalid', error: badSeal, mutated: false };
      const badBody = checkBodyRoots(block.header, block);
      if (badBody !== undefined) return { kind: 'invalid', error: badBody, mutated: true };
      this.orphans.add(block);
    }
    return { kind: 'orphan', missingParent: this.orphans.missingAncestor(block) };
  }

  #linked(block: Block, parent: SealedHeader, nowSec: number): BlockOutcome {
    const { spec, states, checkSeals } = this.#deps;
    const sealed = sealedHeaderOf(block);
    const options = { seal: checkSeals };
    const badHeader = checkHeader(sealed, parent, spec, nowSec, options);
    const isFuture = badHeader?.code === 'header-future';
    if (badHeader !== undefined && !isFuture) return this.#refuse(block, badHeader, parent);
    const badBody = checkBodyRoots(block.header, block);
    if (badBody !== undefined) return { kind: 'invalid', error: badBody, mutated: true };
    if (isFuture) return { kind: 'future', retryAtMs: (block.header.timestamp - MAX_AHEAD_SEC) * 1000 };
    const badUncles = checkUncles(block.uncles, parent.hash, this.ancestor, spec, options);
    if (badUncles !== undefined) return this.#refuse(block, badUncles, parent);
    const executed = applyBlock(states, parent.header.stateRoot, block, spec);
    if (!executed.ok) return this.#refuse(block, executed.error, parent);
    this.#write(block, sealed, executed.value);
    return this.#choose(block.hash) ?? { kind: 'side' };
  }

  #write(block: Block, sealed: SealedHeader, executed: ExecutedBlock): void {
    const { store, states } = this.#deps;
    const parentWork = store.workOf(block.header.parentHash);
    writeStateNodes(store.kv, executed.state.nodes);
    writeBlock(store.kv, {
      hash: block.hash,
      headerRaw: sealed.raw,
      bodyRaw: bodyRawOf(block),
      receiptsRaw: executed.receiptsRaw,
      totalDifficulty: parentWork + block.header.difficulty,
    });
    states.keep(executed.state);
    store.remember(sealed, block);
    this.forks.add(sealed);
  }

  /** Makes a stored block the head if it has more work than the head. */
  #choose(hash: Hash32): BlockOutcome | undefined {
    const work = this.#deps.store.workOf(hash);
    return takesOver(work, this.head.totalDifficulty) ? this.moveHeadTo(hash) : undefined;
  }

  /** Refuses a block for something that its hash commits to, and remembers that if the hash was worked for; `parent` is valid. */
  #refuse(block: Block, error: RuleError, parent: SealedHeader | undefined): BlockOutcome {
    const isSealed = !this.#deps.checkSeals || checkSeal(block.header) === undefined;
    if (isSealed) this.invalid.add(block, error, parent?.header.difficulty);
    return { kind: 'invalid', error, mutated: false };
  }
}

function isStored(outcome: BlockOutcome): boolean {
  return outcome.kind === 'side' || outcome.kind === 'head' || outcome.kind === 'known';
}
