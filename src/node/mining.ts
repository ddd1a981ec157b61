import type { Address, BlockNonce, Hash32 } from '../base/brand.js';
import type { BlockOutcome, Chain } from '../chain/chain.js';
import { buildTemplate, completeTemplate, restampTemplate, type Template } from '../miner/template.js';
import type { Log } from '../ports/log.js';
import type { Random } from '../ports/random.js';
import type { TxPool } from '../txpool/pool.js';
import { type Block, sealedHeaderOf } from '../types/block.js';
import type { MinerConfig } from './config.js';
import type { JobId } from './job.js';
import type { JobTable } from './job-table.js';

/**
 * A template is made anew at the earliest this long after the last one when the pool changed: long enough that building
 * never takes a large share of the time, short enough that a transaction sent now is in the next block.
 */
const REBUILD_BASE_MS = 200;
/** Added for each transaction in the template, since building takes longer with each. */
const REBUILD_PER_TRANSACTION_MS = 1;
/** The template's time is brought up to date this often: the difficulty falls with it. */
const RESTAMP_MS = 1_000;
/** Found blocks are as many seals as external miners may still submit for older templates. */
const KEPT_TEMPLATES = 8;
/** Found blocks that wait, each on another head. */
const KEPT_HELD = 8;
/** Clocks and fast chains make a block wait for seconds; of a longer wait the operator should know. */
const LONG_WAIT_MS = 60_000;

/** The surroundings of the miner. */
export interface MiningDeps {
  readonly chain: Chain;
  readonly pool: TxPool;
  readonly jobs: JobTable;
  readonly random: Random;
  readonly log: Log;
  /** Takes a sealed block. */
  readonly onMined: (nowMs: number, block: Block) => BlockOutcome;
  /** False while the node should not mine: it syncs, or has not met its network yet. */
  readonly mayMine: () => boolean;
  /**
   * True while the head is not on the disk yet. A block that is found on top of it meanwhile is held back, so that a kill
   * costs one block and no more.
   */
  readonly behind: () => boolean;
}

/** The miner of a node: what is mined, and when a search starts over. The search itself is a job of the host. */
export interface Mining {
  enabled(): boolean;
  /** True while a search runs. */
  searching(): boolean;
  etherbase(): Address | undefined;
  setEtherbase(address: Address): void;
  setExtraData(extraData: Uint8Array): void;
  setGasTarget(gasTarget: bigint): void;
  enable(): void;
  /** Ends the search. */
  stop(): void;
  /** Starts, renews or ends the search according to head, pool and time. */
  update(nowMs: number): void;
  nextWake(): number;
  /** The block that would be mined next, made for whoever asks; undefined without an etherbase or while not ready. */
  work(nowMs: number): Template | undefined;
  /** The block that would be mined next, as one without a seal, its receipts and state; undefined like `work`. */
  pending(nowMs: number): PendingBlock | undefined;
  /** Completes a template given out before; false if it is unknown, or the seal is wrong, or the block came too late. */
  submit(nowMs: number, sealHash: Hash32, nonce: BlockNonce, mixHash: Hash32): boolean;
}

/** A block that is not mined yet. Its hash, nonce and mixHash mean nothing. */
export interface PendingBlock {
  readonly block: Block;
  readonly receipts: Template['receipts'];
  readonly state: Template['state'];
}

/** A sealed block whose parent is not on the disk yet, or whose time has not come. */
interface Held {
  readonly block: Block;
  readonly dueMs: number;
}

interface Search {
  readonly job: JobId;
  readonly template: Template;
}

/** Creates the miner of `config`. */
export function createMining(deps: MiningDeps, config: MinerConfig): Mining {
  const { chain, pool, jobs, random, log } = deps;
  let enabled = config.enabled;
  let { etherbase, extraData, gasTarget } = config;
  let search: Search | undefined;
  // BOUNDED: by KEPT_HELD, oldest dropped.
  let held: readonly Held[] = [];
  let template: Template | undefined;
  let pending: { readonly template: Template; readonly block: Block } | undefined;
  let builtAtMs = 0;
  let stampedAtMs = 0;
  // BOUNDED: by KEPT_TEMPLATES, oldest dropped.
  let recent: Template[] = [];

  function cancel(): void {
    if (search === undefined) return;
    jobs.cancel(search.job);
    search = undefined;
  }

  function keep(made: Template): Template {
    template = made;
    recent = [...recent.slice(-(KEPT_TEMPLATES - 1)), made];
    return made;
  }

  function rebuildDueMs(current: Template): number {
    if (current.full || current.poolRevision === pool.revision()) return Number.POSITIVE_INFINITY;
    return builtAtMs + REBUILD_BASE_MS + REBUILD_PER_TRANSACTION_MS * current.body.transactions.length;
  }

  function refresh(nowMs: number): Template | undefined {
    if (etherbase === undefined) return undefined;
    const nowSec = Math.floor(nowMs / 1000);
    const current = template;
    if (current === undefined || current.parent.hash !== chain.head().hash || nowMs >= rebuildDueMs(current)) {
      builtAtMs = nowMs;
      stampedAtMs = nowMs;
      const made = buildTemplate(chain, pool, { coinbase: etherbase, extraData, gasTarget, nowSec });
      return made === undefined ? undefined : keep(made);
    }
    if (nowMs >= stampedAtMs + RESTAMP_MS) {
      stampedAtMs = nowMs;
      const stamped = restampTemplate(chain, current, nowSec);
      if (stamped !== current) return keep(stamped);
    }
    return current;
  }

  const isHeldOn = (parent: Hash32): boolean => held.some(({ block }) => block.header.parentHash === parent);

  /** False for a second block on the same parent: it would only make a fork. */
  function hold(block: Block, dueMs: number): boolean {
    if (isHeldOn(block.header.parentHash)) return false;
    held = [...held.slice(-(KEPT_HELD - 1)), { block, dueMs }];
    return true;
  }

  /** True if the block is on the chain now, or soon. */
  function complete(nowMs: number, sealed: Template, nonce: BlockNonce, mixHash: Hash32): boolean {
    const block = completeTemplate(sealed, nonce, mixHash);
    if (!deps.behind()) return take(nowMs, block);
    return chain.checkSeal(sealedHeaderOf(block)).ok && hold(block, nowMs);
  }

  function takeDue(nowMs: number): void {
    if (held.length === 0 || deps.behind()) return;
    const due = held.filter(({ dueMs }) => dueMs <= nowMs);
    held = held.filter(({ dueMs }) => dueMs > nowMs);
    for (const { block } of due) take(nowMs, block);
  }

  function take(nowMs: number, block: Block): boolean {
    const outcome = deps.onMined(nowMs, block);
    if (outcome.kind === 'future') return wait(nowMs, block, outcome.retryAtMs);
    if (outcome.kind !== 'head' && outcome.kind !== 'side') return false;
    const { header, hash } = block;
    log.log('info', 'miner', 'Mined block', {
      number: header.number,
      hash,
      txs: block.transactions.length,
      uncles: block.uncles.length,
      difficulty: header.difficulty,
      nonce: header.nonce,
    });
    return true;
  }

  /** On a head that is as far ahead of our clock as may be, the next block is too far ahead. */
  function wait(nowMs: number, block: Block, dueMs: number): boolean {
    if (!hold(block, dueMs)) return false;
    const { number, timestamp } = block.header;
    const waitMs = dueMs - nowMs;
    const fields = { number, hash: block.hash, timestamp, wait: `${Math.ceil(waitMs / 1000)}s` };
    if (waitMs < LONG_WAIT_MS) log.log('info', 'miner', 'Mined block waits for its time', fields);
    else log.log('warn', 'miner', 'Mined block is far ahead of the clock, nothing is mined until its time', fields);
    return true;
  }

  function startSearch(made: Template): void {
    cancel();
    const startNonce = (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
    const job = jobs.start(
      { kind: 'seal', sealHash: made.sealHash, target: made.target, startNonce },
      (nowMs, result) => {
        search = undefined;
        if (result.kind === 'sealed') complete(nowMs, made, result.nonce, result.mixHash);
      },
    );
    search = { job, template: made };
  }

  function reset(): void {
    template = undefined;
    cancel();
  }

  return {
    enabled: () => enabled,
    searching: () => search !== undefined,
    etherbase: () => etherbase,
    setEtherbase(address) {
      etherbase = address;
      reset();
    },
    setExtraData(bytes) {
      extraData = bytes;
      reset();
    },
    setGasTarget(gas) {
      gasTarget = gas;
      reset();
    },
    enable() {
      enabled = true;
    },
    stop() {
      enabled = false;
      cancel();
    },
    update(nowMs) {
      takeDue(nowMs);
      if (!enabled || !deps.mayMine()) {
        cancel();
        return;
      }
      const made = refresh(nowMs);
      // What is held back is found already.
      if (made === undefined || isHeldOn(made.parent.hash)) cancel();
      else if (search?.template !== made) startSearch(made);
    },
    nextWake() {
      // The end of a write is a step of its own.
      const heldDueMs = deps.behind() ? Number.POSITIVE_INFINITY : Math.min(...held.map(({ dueMs }) => dueMs));
      if (search === undefined || template === undefined) return heldDueMs;
      return Math.min(heldDueMs, rebuildDueMs(template), stampedAtMs + RESTAMP_MS);
    },
    work: refresh,
    pending(nowMs) {
      const made = refresh(nowMs);
      if (made === undefined) return undefined;
      if (pending?.template !== made) {
        const { nonce, mixHash } = made.header;
        pending = { template: made, block: completeTemplate(made, nonce, mixHash) };
      }
      return { block: pending.block, receipts: made.receipts, state: made.state };
    },
    submit(nowMs, sealHash, nonce, mixHash) {
      const known = recent.find((one) => one.sealHashHex === sealHash);
      return known !== undefined && complete(nowMs, known, nonce, mixHash);
    },
  };
}
