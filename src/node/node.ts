import type { PublicKey } from '../base/brand.js';
import type { BlockOutcome, Chain, Reorg } from '../chain/chain.js';
import { FutureBlocks } from '../chain/future-blocks.js';
import type { BlockResult } from '../net/backend.js';
import type { NodeRecords } from '../net/discovery/node-records.js';
import type { PeerEvent } from '../net/peer-view.js';
import { createSwarm } from '../net/swarm.js';
import type { StoredPeer, Swarm } from '../net/swarm-api.js';
import type { Identity, IdentityScheme } from '../ports/identity.js';
import type { Log } from '../ports/log.js';
import type { Random } from '../ports/random.js';
import type { TxPool } from '../txpool/pool.js';
import { createTxPool } from '../txpool/tx-pool.js';
import type { Block } from '../types/block.js';
import type { Enr } from '../types/enr.js';
import type { Channel } from '../wire/channel.js';
import { logDropped, logHead, logRefused } from './block-log.js';
import { createChainReader } from './chain-reader.js';
import type { NodeConfig } from './config.js';
import { createImportQueue, type ImportQueue, type ImportSource } from './import-queue.js';
import type { NodeInput } from './input.js';
import { createJobTable } from './job-table.js';
import { createMining, type Mining } from './mining.js';
import type { NodeEvent, NodeOutput } from './output.js';
import { poolHeadOf } from './pool-head.js';
import { createTransactionIntake, type TransactionIntake } from './transaction-intake.js';
import { createWriter } from './writer.js';

/** How often changes of the peers database are written: what kill -9 may take of it is learnt again within seconds. */
const PEERS_FLUSH_MS = 30_000;

/** What a host gives a node to live on. */
export interface NodeDeps {
  /** Opened on the host's database; the node alone changes it from now on. */
  readonly chain: Chain;
  readonly identity: Identity;
  readonly scheme: IdentityScheme;
  readonly random: Random;
  readonly log: Log;
  /** Reads another node's record in place of `decodeEnr`; see `SwarmDeps`. */
  readonly readEnr?: ((raw: Uint8Array) => Enr) | undefined;
  /** The records of other nodes; who hosts many nodes of one scheme lets them share it. */
  readonly records?: NodeRecords | undefined;
  /** A fresh channel: with `remote` the one that opens, without it the one that answers. */
  readonly channelFactory: (remote: PublicKey | undefined) => Channel;
  /** The whole peers database. */
  readonly storedPeers: Iterable<StoredPeer>;
  /** The records of the pool's journal. */
  readonly journal: Iterable<Uint8Array>;
  readonly onPeerEvent?: (event: PeerEvent) => void;
}

/** The rooms of a node, for reads between steps and for the commands of `execute`. */
export interface NodeRooms {
  readonly chain: Chain;
  readonly pool: TxPool;
  readonly swarm: Swarm;
  readonly mining: Mining;
  readonly imports: ImportQueue;
  readonly intake: TransactionIntake;
  /** Makes the canonical block `number` the head again; false if there is none below the head. */
  readonly rewind: (number: number, nowMs: number) => boolean;
}

/**
 * A whole node as a synchronous machine. It acts only within `start`, `step`, `execute` and `stop`, each of which runs
 * to completion; what it wants done outside is handed out by `drain` afterwards.
 */
export interface Node {
  readonly rooms: NodeRooms;
  start(nowMs: number): void;
  step(nowMs: number, input: NodeInput): void;
  /** Runs a command, such as an RPC write, as a step of its own. */
  execute<T>(nowMs: number, command: (rooms: NodeRooms, nowMs: number) => T): T;
  /** Says goodbye to the peers and hands out the last writes. Only `drain` and results of writes follow. */
  stop(nowMs: number): void;
  /** Removes and returns what is to be done, in order. */
  drain(): NodeOutput[];
  /** When a `wake` is due, in ms; Infinity if never. */
  nextWake(): number;
}

/** Composes a node at `createdAtMs`. Nothing happens before `start`. */
export function createNode(deps: NodeDeps, config: NodeConfig, createdAtMs: number): Node {
  const { chain, random, log } = deps;
  // BOUNDED: drained by the host after each step.
  const outputs: NodeOutput[] = [];
  const emit = (output: NodeOutput): void => {
    outputs.push(output);
  };
  const emitEvent = (event: NodeEvent): void => emit({ kind: 'event', event });

  const jobs = createJobTable(emit);
  const writer = createWriter(chain, jobs, emit);
  const pool = createTxPool(config.pool, { spec: chain.spec, head: poolHeadOf(chain) });
  const future = new FutureBlocks();
  const imports = createImportQueue({
    chain,
    jobs,
    pooled: (hash) => pool.get(hash),
    // At the head a kill is to cost one block and no more.
    saturated: () => writer.saturated() || (!syncing && writer.behind()),
    onOutcome,
  });
  const intake = createTransactionIntake({
    pool,
    jobs,
    onResults: (nowMs, conn, transactions, results) => swarm.onTransactionResults(nowMs, conn, transactions, results),
  });
  const swarm = createSwarm(
    {
      identity: deps.identity,
      scheme: deps.scheme,
      random: random.fork('net'),
      emit,
      log,
      readEnr: deps.readEnr,
      records: deps.records,
      chain: createChainReader(chain, config.networkId),
      blocks: { submitBlock: (block, source) => imports.submit(block, source), queuedBlocks: () => imports.size() },
      txs: {
        submitTransactions: (transactions, conn) => intake.submit(transactions, conn),
        hasTransaction: (hash) => pool.has(hash),
        getTransaction: (hash) => pool.get(hash),
        pendingTransactions: (limit) => pool.pending(limit),
      },
      channelFactory: deps.channelFactory,
      storedPeers: deps.storedPeers,
      onPeerEvent: deps.onPeerEvent,
    },
    config.swarm,
    createdAtMs,
  );
  const mining = createMining(
    { chain, pool, jobs, random: random.fork('miner'), log, onMined, mayMine, behind: writer.behind },
    config.miner,
  );
  const rooms: NodeRooms = { chain, pool, swarm, mining, imports, intake, rewind };

  let syncing = false;
  let patienceEndsAtMs = Number.POSITIVE_INFINITY;
  let patienceIsOver = false;
  let hadPeer = false;
  let peersFlushAtMs = Number.POSITIVE_INFINITY;
  let runAgain = false;
  /** When one of the rooms is due beyond discovery: as of the last time they were settled, since nothing else changes it. */
  let roomsWakeMs = Number.POSITIVE_INFINITY;

  /** Mining on an old head while peers have a better one only makes forks. */
  function mayMine(): boolean {
    if (syncing || imports.size() > 0) return false;
    return hadPeer || patienceIsOver;
  }

  function onHead(nowMs: number, reorg: Reorg, mined: boolean): void {
    const head = reorg.added.at(-1) ?? chain.blockByHash(chain.head().hash);
    if (head === undefined) return;
    pool.onHead(poolHeadOf(chain), reorg, nowMs);
    swarm.onHeadChanged(nowMs, head, mined);
    logDropped(log, reorg);
    emitEvent({ kind: 'head', block: head, ...reorg });
  }

  function toResult(nowMs: number, block: Block, outcome: BlockOutcome): BlockResult {
    switch (outcome.kind) {
      case 'head':
        onHead(nowMs, outcome.reorg, false);
        return { kind: 'imported', newHead: true };
      case 'side':
        return { kind: 'imported', newHead: false };
      case 'future':
        future.add(block, outcome.retryAtMs);
        return { kind: 'future' };
      case 'invalid':
        logRefused(log, block, outcome.error);
        return { kind: 'invalid', code: outcome.error.code };
      default:
        return outcome;
    }
  }

  function onOutcome(nowMs: number, block: Block, source: ImportSource, outcome: BlockOutcome): void {
    const result = toResult(nowMs, block, outcome);
    if (outcome.kind === 'head') logHead(log, block, nowMs, syncing);
    if (source !== undefined) swarm.onBlockResult(nowMs, block, source, result);
  }

  function onMined(nowMs: number, block: Block): BlockOutcome {
    const outcome = chain.importBlock(block, Math.floor(nowMs / 1000));
    if (outcome.kind === 'head') onHead(nowMs, outcome.reorg, true);
    else if (outcome.kind === 'invalid') logRefused(log, block, outcome.error);
    return outcome;
  }

  function rewind(number: number, nowMs: number): boolean {
    const reorg = chain.setHead(number);
    if (reorg !== undefined) onHead(nowMs, reorg, false);
    return reorg !== undefined;
  }

  /** Brings every room up to date with what the step changed. */
  function settle(nowMs: number): void {
    for (const block of future.takeDue(nowMs)) imports.submit(block, undefined);
    const moreBlocks = imports.run(nowMs);
    const moreTransactions = intake.run(nowMs);
    runAgain = moreBlocks || moreTransactions;
    const added = pool.drainAdded();
    if (added.length > 0) {
      swarm.onTransactionsAdded(nowMs, added);
      emitEvent({ kind: 'pending-transactions', transactions: added });
    }
    const nowSyncing = swarm.syncStatus().syncing;
    if (nowSyncing !== syncing) {
      syncing = nowSyncing;
      emitEvent({ kind: 'sync', syncing });
    }
    mining.update(nowMs);
    flush(nowMs, false);
    roomsWakeMs = Math.min(
      swarm.nextSessionWake(),
      pool.nextWake(),
      future.nextWake(),
      intake.nextWake(),
      writer.nextWake(),
      mining.nextWake(),
      peersFlushAtMs,
      patienceEndsAtMs,
    );
  }

  function flush(nowMs: number, isLast: boolean): void {
    writer.flushChain(!syncing);
    writer.flushJournal(nowMs, () => pool.takeBatch(), isLast);
    if (nowMs >= peersFlushAtMs) {
      peersFlushAtMs = nowMs + PEERS_FLUSH_MS;
      flushPeers(nowMs);
    }
  }

  function flushPeers(nowMs: number): void {
    const batch = swarm.takeBatch(nowMs);
    if (batch !== undefined) writer.write('peers', batch);
  }

  function tick(nowMs: number): void {
    if (nowMs >= patienceEndsAtMs) {
      patienceIsOver = true;
      patienceEndsAtMs = Number.POSITIVE_INFINITY;
    }
    intake.tick();
    swarm.tick(nowMs);
    pool.tick(nowMs);
  }

  return {
    rooms,
    start(nowMs) {
      patienceEndsAtMs = nowMs + config.miner.patienceMs;
      patienceIsOver = config.miner.patienceMs === 0;
      peersFlushAtMs = nowMs + PEERS_FLUSH_MS;
      pool.reset(poolHeadOf(chain), nowMs);
      const { loaded, refused } = pool.loadJournal(deps.journal, nowMs);
      if (loaded + refused > 0) log.log('info', 'txpool', 'Loaded local transactions', { loaded, refused });
      swarm.start(nowMs);
      settle(nowMs);
    },
    step(nowMs, input) {
      // Most steps of a node at rest are of discovery, in which no other room has a part: they need not be asked each time.
      if (input.kind === 'datagram') return swarm.handle(nowMs, input);
      if (input.kind === 'wake' && nowMs < roomsWakeMs && !runAgain) return swarm.tickDiscovery(nowMs);
      if (input.kind === 'job-done') jobs.done(nowMs, input.job, input.result);
      else if (input.kind === 'wake') tick(nowMs);
      else swarm.handle(nowMs, input);
      hadPeer ||= swarm.hasReadyPeer();
      settle(nowMs);
    },
    execute(nowMs, command) {
      const result = command(rooms, nowMs);
      settle(nowMs);
      return result;
    },
    stop(nowMs) {
      mining.stop();
      swarm.stop(nowMs);
      flush(nowMs, true);
      flushPeers(nowMs);
    },
    drain() {
      // Emptied, not replaced: what an array that has grown old refers to outlives it by far.
      return outputs.splice(0);
    },
    nextWake() {
      return runAgain ? 0 : Math.min(roomsWakeMs, swarm.nextDiscoveryWake());
    },
  };
}
