import type { Address, PublicKey } from '../../base/brand.js';
import { invariant } from '../../base/invariant.js';
import { openChain } from '../../chain/open-chain.js';
import type { NodeRecords } from '../../net/discovery/node-records.js';
import type { NodeConfig } from '../../node/config.js';
import type { NodeInput } from '../../node/input.js';
import type { Database } from '../../node/job.js';
import { createNode, type Node, type NodeRooms } from '../../node/node.js';
import type { NodeEvent, NodeOutput } from '../../node/output.js';
import type { Identity, IdentityScheme } from '../../ports/identity.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import { MemoryKv, type Sharing } from '../../store/memory-kv.js';
import { PREFIX } from '../../store/schema.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { Enr } from '../../types/enr.js';
import type { Genesis } from '../../types/genesis-file.js';
import type { Channel } from '../../wire/channel.js';
import type { NatKind } from '../network/nat.js';
import type { Endhost, VirtualNetwork } from '../network/virtual-network.js';
import type { Scheduler } from '../scheduler.js';
import type { Trace } from '../trace.js';
import { createSimJobs, type SimJobConfig } from './jobs.js';
import type { NodeClock } from './node-clock.js';
import type { RecoverSender } from './sender-memo.js';
import { type ChannelTap, tappedChannel } from './tapped-channel.js';

/** What a virtual node is. */
export interface SimNodeSpec {
  readonly name: string;
  readonly role: string;
  readonly address: SocketAddress;
  readonly nat: NatKind;
  readonly clock: NodeClock;
  readonly identity: Identity;
  readonly genesis: Genesis;
  readonly fakePow: boolean;
  readonly config: NodeConfig;
  readonly jobs: SimJobConfig;
  readonly log: Log;
}

/** What all nodes of a world share. */
export interface SimSurroundings {
  readonly scheduler: Scheduler;
  readonly network: VirtualNetwork;
  readonly trace: Trace;
  readonly scheme: IdentityScheme;
  readonly readEnr: (raw: Uint8Array) => Enr;
  readonly records: NodeRecords;
  readonly channelFactory: (identity: Identity, random: Random, remote: PublicKey | undefined) => Channel;
  readonly recoverSender: RecoverSender;
  readonly sharing: Sharing;
  readonly random: Random;
  /** Told what nodes tell their hosts, and in which of their lives. */
  readonly onEvent?: ((node: string, event: NodeEvent, life: number) => void) | undefined;
  readonly onChannel?: ((node: string) => ChannelTap | undefined) | undefined;
}

/** A production node in virtual time. */
export interface SimNode {
  readonly name: string;
  /** What kind of node it is, for those who look. */
  readonly role: string;
  readonly maxPeers: number;
  /** Where the rewards of its blocks go. */
  readonly etherbase: Address | undefined;
  readonly address: SocketAddress;
  /** How others reach it. */
  readonly nat: NatKind;
  readonly identity: Identity;
  /** What its own clock shows. */
  nowMs(): number;
  /** The rooms to look into; of the latest start. */
  rooms(): NodeRooms;
  running(): boolean;
  /** How often it was started so far. */
  lives(): number;
  /** Virtual time that it ran so far, in ms, all its lives together. */
  livedMs(): number;
  start(): void;
  /** Runs a command as a step of the node. */
  execute<T>(command: (rooms: NodeRooms, nowMs: number) => T): T;
  /** A polite stop: peers hear of it, everything is written. */
  stop(): void;
  /** As by kill -9: what was not written is lost. */
  kill(): void;
  /** As by a power cut: what was not written is lost, and peers are not told. */
  unplug(): void;
}

/** Makes a node that is not started yet. Its databases live as long as it, over stops and starts. */
export function createSimNode(spec: SimNodeSpec, around: SimSurroundings): SimNode {
  const { scheduler, network, trace } = around;
  const databases: Record<Database, MemoryKv> = {
    chain: new MemoryKv(false, around.sharing),
    peers: new MemoryKv(true),
  };
  let life: Life | undefined;
  let lives = 0;
  let startedAtMs = 0;
  let endedMs = 0;

  function begin(): Life {
    lives++;
    return createLife(spec, around, databases, around.random.fork(`${spec.name}/${lives}`), lives);
  }

  function endLife(): void {
    life = undefined;
    endedMs += scheduler.nowMs() - startedAtMs;
  }

  const current = (): Life => {
    invariant(life !== undefined, `${spec.name} is not running`);
    return life;
  };

  return {
    name: spec.name,
    role: spec.role,
    maxPeers: spec.config.swarm.maxPeers,
    etherbase: spec.config.miner.etherbase,
    address: spec.address,
    nat: spec.nat,
    identity: spec.identity,
    nowMs: () => spec.clock.at(scheduler.nowMs()),
    rooms: () => current().node.rooms,
    running: () => life !== undefined,
    lives: () => lives,
    livedMs: () => endedMs + (life === undefined ? 0 : scheduler.nowMs() - startedAtMs),
    start() {
      invariant(life === undefined, `${spec.name} runs already`);
      life = begin();
      startedAtMs = scheduler.nowMs();
      network.attach(life.endhost);
      trace.add(scheduler.nowMs(), spec.name, 'start');
      life.run((node, nowMs) => node.start(nowMs));
    },
    execute: (command) => current().run((node, nowMs) => node.execute(nowMs, command)),
    stop() {
      const stopping = current();
      trace.add(scheduler.nowMs(), spec.name, 'stop');
      stopping.run((node, nowMs) => node.stop(nowMs));
      stopping.writeAll();
      stopping.end();
      network.detach(stopping.endhost);
      endLife();
    },
    kill() {
      const dying = current();
      trace.add(scheduler.nowMs(), spec.name, 'kill');
      dying.end();
      network.detach(dying.endhost);
      endLife();
    },
    unplug() {
      const dying = current();
      trace.add(scheduler.nowMs(), spec.name, 'unplug');
      dying.end();
      network.unplug(dying.endhost);
      endLife();
    },
  };
}

/** One run of a node, from its start to its end. */
interface Life {
  readonly node: Node;
  readonly endhost: Endhost;
  run<T>(act: (node: Node, nowMs: number) => T): T;
  /** Finishes the writes that were handed out. */
  writeAll(): void;
  /** Nothing happens to the node any more. */
  end(): void;
}

function createLife(
  spec: SimNodeSpec,
  around: SimSurroundings,
  databases: Readonly<Record<Database, MemoryKv>>,
  random: Random,
  lifeNumber: number,
): Life {
  const { scheduler, network, trace } = around;
  const nowMs = (): number => spec.clock.at(scheduler.nowMs());
  let alive = true;
  let stepping = false;
  let wakeAtMs = Number.POSITIVE_INFINITY;
  const waiting: NodeInput[] = [];
  const unwritten = new Map<number, () => void>();

  const opened = openChain({ kv: databases.chain, genesis: spec.genesis }, { fakePow: spec.fakePow, thorough: false });
  invariant(opened.ok, `${spec.name}: the chain must open`);
  function openChannel(remote: PublicKey | undefined): Channel {
    const channel = around.channelFactory(spec.identity, random.fork('channel'), remote);
    const tap = around.onChannel?.(spec.name);
    return tap === undefined ? channel : tappedChannel(channel, tap);
  }

  const node = createNode(
    {
      chain: opened.value,
      identity: spec.identity,
      scheme: around.scheme,
      random: random.fork('node'),
      log: spec.log,
      readEnr: around.readEnr,
      records: around.records,
      channelFactory: openChannel,
      storedPeers: databases.peers.readAll(new Uint8Array(0), Number.MAX_SAFE_INTEGER),
      journal: databases.chain.readAll(Uint8Array.of(PREFIX.journal), Number.MAX_SAFE_INTEGER).map(([, raw]) => raw),
    },
    spec.config,
    nowMs(),
  );
  const endhost: Endhost = { address: spec.address, nat: spec.nat, deliver };
  const jobs = createSimJobs(
    { scheduler, databases, recoverSender: around.recoverSender },
    spec.jobs,
    random.fork('jobs'),
    (job, result) => {
      unwritten.delete(job);
      deliver({ kind: 'job-done', job, result });
    },
  );

  function perform(output: NodeOutput): void {
    switch (output.kind) {
      case 'send-datagram':
        network.sendDatagram(endhost, output.to, output.data);
        return;
      case 'dial':
        network.dial(endhost, output.conn, output.to, output.timeoutMs);
        return;
      case 'stream-write':
        network.write(endhost, output.conn, output.data);
        return;
      case 'stream-close':
        network.close(endhost, output.conn);
        return;
      case 'stream-pause':
        network.setPaused(endhost, output.conn, output.paused);
        return;
      case 'start-job':
        if (output.job.kind === 'write') {
          const { database, batch } = output.job;
          unwritten.set(output.id, () => databases[database].write(batch));
        }
        jobs.start(output.id, output.job);
        return;
      case 'cancel-job':
        jobs.cancel(output.id);
        return;
      case 'event':
        if (output.event.kind === 'head') {
          const { hash, header } = output.event.block;
          trace.add(scheduler.nowMs(), spec.name, 'head', header.number, hash);
        }
        around.onEvent?.(spec.name, output.event, lifeNumber);
        return;
      case 'fatal':
        invariant(false, `${spec.name}: ${output.message}`);
    }
  }

  function scheduleWake(): void {
    const next = node.nextWake();
    if (next >= wakeAtMs) return;
    wakeAtMs = next;
    scheduler.at(spec.clock.trueMs(next), () => {
      // An earlier wake was scheduled since, and this one is stale.
      if (next !== wakeAtMs) return;
      wakeAtMs = Number.POSITIVE_INFINITY;
      deliver({ kind: 'wake' });
    });
  }

  function settle(): void {
    for (;;) {
      for (const output of node.drain()) perform(output);
      const input = waiting.shift();
      if (input === undefined) break;
      step(input);
    }
    if (alive) scheduleWake();
  }

  function step(input: NodeInput): void {
    if (input.kind !== 'wake') trace.add(scheduler.nowMs(), spec.name, ...describe(input));
    node.step(nowMs(), input);
  }

  function deliver(input: NodeInput): void {
    if (!alive) return;
    if (stepping) waiting.push(input);
    else run(() => step(input));
  }

  function run<T>(act: (node: Node, nowMs: number) => T): T {
    if (stepping) return act(node, nowMs());
    stepping = true;
    try {
      const result = act(node, nowMs());
      settle();
      return result;
    } finally {
      stepping = false;
    }
  }

  return {
    node,
    endhost,
    run,
    writeAll() {
      for (const write of unwritten.values()) write();
      unwritten.clear();
    },
    end() {
      alive = false;
      jobs.halt();
    },
  };
}

function describe(input: NodeInput): (string | number)[] {
  switch (input.kind) {
    case 'datagram':
      return ['datagram', input.from.ip, input.data.length];
    case 'stream-data':
      return ['data', input.conn, input.data.length];
    case 'job-done':
      return ['job', input.job, input.result.kind];
    case 'wake':
      return ['wake'];
    default:
      return [input.kind, input.conn];
  }
}
