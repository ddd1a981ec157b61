import type { Hash32 } from '../../../src/base/brand.js';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { Heap } from '../../../src/base/heap.js';
import { createIdentity, secp256k1Scheme } from '../../../src/crypto/identity.js';
import type { ChainReader } from '../../../src/net/backend.js';
import type { ConnId, NetInput, NetOutput } from '../../../src/net/io.js';
import type { PeerEvent } from '../../../src/net/peer-view.js';
import { createSwarm } from '../../../src/net/swarm.js';
import type { StoredPeer, Swarm, SwarmConfig } from '../../../src/net/swarm-api.js';
import type { KvBatch } from '../../../src/ports/kv.js';
import { SILENT_LOG } from '../../../src/ports/log.js';
import type { SocketAddress } from '../../../src/types/endpoint.js';
import { type Enode, formatEnode, parseEnode } from '../../../src/types/enode.js';
import { createPlainChannel } from '../../../src/wire/plain-wire.js';
import { createRlpxChannel } from '../../../src/wire/rlpx/channel.js';
import { fakeIdentity, fakeScheme } from '../../support/fake-identity.js';
import { seededRandom } from '../../support/seeded-random.js';

export const T0 = 1_700_000_000_000;
export const GENESIS = `0x${'11'.repeat(32)}` as Hash32;

/** A chain of one block; `change` makes it another one. */
export function tinyChain(change: Partial<ChainReader> = {}): ChainReader {
  return {
    networkId: 271_828n,
    genesisHash: GENESIS,
    head: () => ({ hash: GENESIS, number: 0, totalDifficulty: 1n, timestamp: 0 }),
    forkId: () => ({ hash: Uint8Array.of(1, 2, 3, 4), next: 0n }),
    forkIdMismatch: () => undefined,
    headerByHash: () => undefined,
    canonicalHash: () => undefined,
    totalDifficulty: () => undefined,
    bodyRaw: () => undefined,
    receiptsRaw: () => undefined,
    blockByHash: () => undefined,
    hasBlock: (hash) => hash === GENESIS,
    isInvalid: () => false,
    checkHeader: () => ({ ok: true }),
    checkSeal: () => ({ ok: true }),
    checkBody: () => ({ ok: true }),
    bodyRoots: () => ({ unclesHash: GENESIS, transactionsRoot: GENESIS }),
    ...change,
  };
}

/** How one node of a test network differs from the others. */
export interface NodeOptions extends Partial<SwarmConfig> {
  readonly wire?: 'plain' | 'rlpx';
  readonly chain?: ChainReader;
  readonly stored?: readonly StoredPeer[];
  readonly key?: number;
}

/** A swarm on the test network. */
export interface TestNode {
  readonly swarm: Swarm;
  readonly address: SocketAddress;
  readonly enode: string;
  readonly events: PeerEvent[];
  /** Everything that it asked of the network. */
  readonly outputs: NetOutput[];
}

/** Where a node says that it is. */
export function enodeOf(node: TestNode): Enode {
  const parsed = parseEnode(node.enode);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

interface Link {
  readonly node: TestNode;
  readonly conn: ConnId;
  readonly peer: () => Link | undefined;
  open: boolean;
  lastMs: number;
}

/** Swarms joined by virtual wires of 2 ms, whose streams are cut at random. Everything follows from the seed. */
export class TestNet {
  nowMs = T0;
  readonly nodes: TestNode[] = [];
  readonly #random;
  readonly #events = new Heap<Event>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence));
  readonly #links = new Map<TestNode, Map<ConnId, Link>>();
  #sequence = 0;
  #acceptConn = 2;

  constructor(seed: string) {
    this.#random = seededRandom(seed);
  }

  add(options: NodeOptions = {}): TestNode {
    const { wire = 'plain', chain = tinyChain(), stored = [], key = this.nodes.length + 1, ...config } = options;
    const identity = wire === 'rlpx' ? createIdentity(new Uint8Array(32).fill(key)) : fakeIdentity(key);
    const scheme = wire === 'rlpx' ? secp256k1Scheme : fakeScheme;
    const address = config.listen ?? { ip: '127.0.0.1', port: 30_303 + this.nodes.length };
    const random = this.#random.fork(`node ${this.nodes.length}`);
    const events: PeerEvent[] = [];
    const outputs: NetOutput[] = [];
    const swarm = createSwarm(
      {
        identity,
        scheme,
        random,
        emit: (output) => {
          outputs.push(output);
          this.#carry(node, output);
        },
        log: SILENT_LOG,
        chain,
        blocks: { submitBlock: () => true, queuedBlocks: () => 0 },
        txs: {
          submitTransactions: (transactions) => transactions.length,
          hasTransaction: () => false,
          getTransaction: () => undefined,
          pendingTransactions: () => [],
        },
        channelFactory: (remote) => {
          const known = remote === undefined ? {} : { remote };
          return wire === 'rlpx'
            ? createRlpxChannel({ identity, random: random.fork(`channel ${this.#sequence++}`), ...known })
            : createPlainChannel({ publicKey: identity.publicKey, ...known });
        },
        storedPeers: stored,
        onPeerEvent: (event) => events.push(event),
      },
      {
        clientName: `test/${this.nodes.length}`,
        listen: address,
        udpPort: address.port,
        externalIp: undefined,
        maxPeers: 50,
        noDiscovery: false,
        bootnodes: [],
        staticPeers: [],
        trustedPeers: [],
        netRestrict: undefined,
        loopbackRoutable: false,
        ...config,
      },
      this.nowMs,
    );
    const endpoint = { ip: address.ip, tcpPort: address.port, udpPort: address.port };
    const enode = formatEnode({ publicKey: identity.publicKey, endpoint });
    const node: TestNode = { swarm, address, enode, events, outputs };
    this.nodes.push(node);
    this.#links.set(node, new Map());
    swarm.start(this.nowMs);
    return node;
  }

  /** Takes a node off the network without a word: its streams break, its port is closed. */
  crash(node: TestNode): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    for (const link of this.#links.get(node)?.values() ?? []) {
      link.open = false;
      this.#close(link.peer());
    }
    this.#links.delete(node);
  }

  /** Runs everything that is due within the next `ms`. */
  run(ms: number): this {
    const endMs = this.nowMs + ms;
    for (;;) {
      const wakeMs = Math.min(...this.nodes.map(({ swarm }) => Math.max(this.nowMs, swarm.nextWake())));
      const nextMs = Math.min(this.#events.peek()?.atMs ?? Number.POSITIVE_INFINITY, wakeMs);
      if (nextMs > endMs) break;
      this.nowMs = nextMs;
      if (this.#events.peek()?.atMs === nextMs) this.#events.pop()?.run();
      else for (const { swarm } of this.nodes) if (swarm.nextWake() <= nextMs) swarm.tick(nextMs);
    }
    this.nowMs = endMs;
    return this;
  }

  /** An accepted connection that nobody drives: the test plays the remote. Returns its number. */
  connectFrom(node: TestNode, remote: SocketAddress): ConnId {
    const conn = this.#acceptConn;
    this.#acceptConn += 2;
    node.swarm.handle(this.nowMs, { kind: 'stream-opened', conn, remote, direction: 'in' });
    return conn;
  }

  #carry(from: TestNode, output: NetOutput): void {
    switch (output.kind) {
      case 'send-datagram': {
        const to = this.#nodeAt(output.to);
        if (to !== undefined) this.#input(to, 2, { kind: 'datagram', from: from.address, data: output.data });
        break;
      }
      case 'dial':
        this.#dial(from, output.conn, output.to);
        break;
      case 'stream-write':
        this.#write(this.#link(from, output.conn), output.data);
        break;
      case 'stream-close': {
        const link = this.#link(from, output.conn);
        if (link === undefined) break;
        const [peer, lastMs] = [link.peer(), link.lastMs];
        this.#at(Math.max(this.nowMs + 2, lastMs), () => this.#close(peer));
        this.#at(this.nowMs, () => this.#close(link));
        break;
      }
      case 'stream-pause':
        break;
    }
  }

  #dial(from: TestNode, conn: ConnId, to: SocketAddress): void {
    const node = this.#nodeAt(to);
    if (node === undefined) {
      this.#input(from, 2, { kind: 'dial-failed', conn, failure: 'refused' });
      return;
    }
    const accepted = this.#acceptConn;
    this.#acceptConn += 2;
    const near: Link = { node: from, conn, peer: () => this.#links.get(node)?.get(accepted), open: true, lastMs: 0 };
    const far: Link = { node, conn: accepted, peer: () => this.#links.get(from)?.get(conn), open: true, lastMs: 0 };
    this.#links.get(from)?.set(conn, near);
    this.#links.get(node)?.set(accepted, far);
    const remote = { ip: from.address.ip, port: 50_000 + accepted };
    this.#input(node, 2, { kind: 'stream-opened', conn: accepted, remote, direction: 'in' });
    this.#input(from, 4, { kind: 'stream-opened', conn, remote: to, direction: 'out' });
  }

  #write(link: Link | undefined, data: Uint8Array): void {
    if (link === undefined || !link.open) return;
    for (let at = 0; at < data.length; ) {
      const size = 1 + this.#random.below(data.length - at);
      const piece = data.subarray(at, at + size);
      link.lastMs = Math.max(link.lastMs, this.nowMs + 2);
      this.#at(link.lastMs, () => {
        const peer = link.peer();
        if (peer?.open === true)
          peer.node.swarm.handle(this.nowMs, { kind: 'stream-data', conn: peer.conn, data: piece });
      });
      at += size;
    }
  }

  #close(link: Link | undefined): void {
    if (link === undefined || !link.open) return;
    link.open = false;
    if (!this.nodes.includes(link.node)) return;
    link.node.swarm.handle(this.nowMs, { kind: 'stream-closed', conn: link.conn, error: undefined });
  }

  #link(node: TestNode, conn: ConnId): Link | undefined {
    return this.#links.get(node)?.get(conn);
  }

  #nodeAt({ ip, port }: SocketAddress): TestNode | undefined {
    return this.nodes.find(({ address }) => address.ip === ip && address.port === port);
  }

  #input(node: TestNode, delayMs: number, input: NetInput): void {
    this.#at(this.nowMs + delayMs, () => {
      if (this.nodes.includes(node)) node.swarm.handle(this.nowMs, input);
    });
  }

  #at(atMs: number, run: () => void): void {
    this.#events.push({ atMs, sequence: this.#sequence++, run });
  }
}

/** The peers database after `batch`, as a host would read it back. */
export function storedAfter(batch: KvBatch | undefined): StoredPeer[] {
  const records = new Map<string, StoredPeer>();
  for (const write of batch ?? []) {
    const key = Buffer.from(write.key).toString('hex');
    if (write.kind === 'put') records.set(key, [write.key, write.value]);
    else records.delete(key);
  }
  return [...records.values()];
}

/** Bytes that mean nothing. */
export const NOTHING = EMPTY_BYTES;
