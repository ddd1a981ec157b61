import type { Address, NodeId, PublicKey } from '../base/brand.js';
import { toAddress } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { createIdentity, secp256k1Scheme } from '../crypto/identity.js';
import { NodeRecords } from '../net/discovery/node-records.js';
import type { NodeConfig } from '../node/config.js';
import type { Identity } from '../ports/identity.js';
import { type Log, SILENT_LOG } from '../ports/log.js';
import type { Random } from '../ports/random.js';
import { DEFAULT_TX_POOL_CONFIG } from '../txpool/pool.js';
import type { SocketAddress } from '../types/endpoint.js';
import type { Enode } from '../types/enode.js';
import type { Genesis } from '../types/genesis-file.js';
import { ipToBytes } from '../types/ip.js';
import { senderOf } from '../types/sender.js';
import type { Transaction } from '../types/transaction.js';
import type { Channel } from '../wire/channel.js';
import { createPlainChannel } from '../wire/plain-wire.js';
import { createRlpxChannel } from '../wire/rlpx/channel.js';
import { createFakeScheme, fakeIdentity } from './machines/fake-identity.js';
import { type ClockError, createNodeClock } from './machines/node-clock.js';
import { createOutsider, type Outsider, type Program } from './machines/outsider.js';
import { createSenderMemo } from './machines/sender-memo.js';
import { createRecordReader } from './machines/shared-records.js';
import { createSharing } from './machines/shared-values.js';
import { createSimNode, type SimNode } from './machines/sim-node.js';
import { type AddressPlan, createAddressPlan } from './network/addresses.js';
import { createLinks, type LinkConfig, type SiteOptions } from './network/links.js';
import type { NatKind } from './network/nat.js';
import { createVirtualNetwork } from './network/virtual-network.js';
import { createScheduler } from './scheduler.js';
import { seededRandom } from './seeded-random.js';
import { createTrace } from './trace.js';
import type { Watch } from './watch.js';

/** `exact`: real keys, RLPx and seals. `scale`: fake identities, plain framing and any seal, for thousands of nodes. */
export type Fidelity = 'exact' | 'scale';

/** What a world is made from. The same values give the same story. */
export interface WorldConfig {
  readonly seed: string;
  readonly fidelity: Fidelity;
  readonly genesis: Genesis;
  readonly links: LinkConfig;
  readonly log?: Log | undefined;
  readonly watch?: Watch | undefined;
}

/** A machine of a world that others can be told of. */
export type Findable = Pick<SimNode, 'address' | 'identity'>;

/** What sets one node of a world apart. */
export interface PopulateOptions extends SiteOptions {
  readonly bootnodes: readonly Findable[];
  /** Hashes a second; 0 for a node that does not mine. */
  readonly hashrate: number;
  readonly maxPeers?: number;
  /** What kind of node it is, for those who look; `miner` or `node` unless told otherwise. */
  readonly role?: string;
  /** From the address plan; somewhere in a /16 of its own unless told otherwise. */
  readonly address?: SocketAddress;
  /** `open` unless told otherwise. */
  readonly nat?: NatKind;
  /** True time unless told otherwise. */
  readonly clock?: ClockError;
}

/** Where a machine that runs no node is. */
export type OutsiderOptions = SiteOptions & Pick<PopulateOptions, 'address' | 'nat'>;

/** Virtual nodes on a virtual network in virtual time. */
export interface World {
  readonly nodes: readonly SimNode[];
  /** Where addresses at chosen places come from. */
  readonly addresses: AddressPlan;
  nowMs(): number;
  /** Since the world began. */
  elapsedMs(): number;
  /** The id that goes with a key in this world. */
  nodeIdOf(publicKey: PublicKey): NodeId;
  /** Adds a node, not started. */
  addNode(options: PopulateOptions): SimNode;
  /** Adds a machine that runs `program` and no node, not started. No invariant holds for it. */
  addOutsider(program: Program, options?: OutsiderOptions): Outsider;
  /** Runs events for `ms` of virtual time, or until `done` holds (looked at after each event); true if it did. */
  run(ms: number, done?: () => boolean): boolean;
  /** Lets `act` happen as an event of its own after `ms` of virtual time. */
  after(ms: number, act: () => void): void;
  /** Cuts the network into these groups; nodes of no group reach everyone. */
  partition(groups: readonly (readonly SimNode[])[]): void;
  heal(): void;
  /** How long so many bytes take from one node to another over idle lines, in ms: on the line of the first, and from there on. */
  travelMs(from: SimNode, to: SimNode, bytes: number): { readonly lineMs: number; readonly restMs: number };
  /** Names this moment of the plot, for those who look. */
  moment(name: string): void;
  /** Events so far. */
  events(): number;
  /** Virtual seconds that nodes lived so far, all together. */
  nodeSeconds(): number;
  /** Of everything that happened so far. */
  digest(): string;
}

/** Worlds begin at this time, so that nothing depends on when they are run: 2026-01-01 in ms. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
/** Nodes whose records are shared: more than a world has. */
const MAX_SHARED_RECORDS = 65_536;
/** Nobody of them is told of others; so a miner begins at once. */
const ALONE_PATIENCE_MS = 0;
const MINER_PATIENCE_MS = 10_000;
const UNKNOWN_IP = '0.0.0.0';

/** The bytes of a node's address, as the end of an account address. */
function etherbaseOf({ ip }: SocketAddress): Address {
  const bytes = new Uint8Array(20);
  const own = ipToBytes(ip);
  invariant(own !== undefined, `${ip} is an address`);
  bytes.set(own, bytes.length - own.length);
  return toAddress(bytes);
}

function enodeOf(node: Findable): Enode {
  const { ip, port } = node.address;
  return { publicKey: node.identity.publicKey, endpoint: { ip, udpPort: port, tcpPort: port } };
}

/** An empty world. */
export function createWorld(config: WorldConfig): World {
  const random = seededRandom(config.seed);
  const scheduler = createScheduler(EPOCH_MS);
  const links = createLinks(config.links, config.seed);
  const network = createVirtualNetwork(scheduler, links);
  const addresses = createAddressPlan();
  const trace = createTrace();
  const exact = config.fidelity === 'exact';
  const { watch } = config;
  const nodes: SimNode[] = [];
  let outsiders = 0;
  const scheme = exact ? secp256k1Scheme : createFakeScheme();
  const around = {
    scheduler,
    network,
    trace,
    random: random.fork('nodes'),
    scheme,
    readEnr: createRecordReader(scheme),
    records: new NodeRecords(scheme, MAX_SHARED_RECORDS),
    channelFactory: exact ? exactChannel : plainChannel,
    recoverSender: exact ? recoverSender : createSenderMemo(),
    sharing: createSharing(),
    onEvent: watch?.onEvent,
    onChannel: watch?.onChannel,
  };

  const identityOf = (purpose: string): Identity =>
    exact ? createIdentity(random.fork(`key/${purpose}`).bytes(32)) : fakeIdentity(`${config.seed}/${purpose}`);

  function nodeConfig(name: string, address: SocketAddress, options: PopulateOptions): NodeConfig {
    const isHidden = options.nat !== undefined && options.nat !== 'open';
    return {
      networkId: config.genesis.spec.networkId,
      swarm: {
        clientName: `Grapevine/${name}/simulated`,
        // Who is behind NAT learns its address from others, if at all.
        listen: isHidden ? { ip: UNKNOWN_IP, port: address.port } : address,
        udpPort: address.port,
        externalIp: isHidden ? undefined : address.ip,
        maxPeers: options.maxPeers ?? 50,
        noDiscovery: false,
        bootnodes: options.bootnodes.map(enodeOf),
        staticPeers: [],
        trustedPeers: [],
        netRestrict: undefined,
        loopbackRoutable: false,
      },
      pool: DEFAULT_TX_POOL_CONFIG,
      miner: {
        enabled: options.hashrate > 0,
        // Rewards of each node go to an address of its own, so that one can tell who mined what.
        etherbase: etherbaseOf(address),
        extraData: new Uint8Array(0),
        gasTarget: 30_000_000n,
        patienceMs: options.bootnodes.length > 0 ? MINER_PATIENCE_MS : ALONE_PATIENCE_MS,
      },
    };
  }

  const world: World = {
    nodes,
    addresses,
    nowMs: scheduler.nowMs,
    nodeIdOf: scheme.nodeIdOf,
    elapsedMs: () => scheduler.nowMs() - EPOCH_MS,
    addNode(options) {
      const index = nodes.length;
      const name = `n${index}`;
      const address = options.address ?? addresses.anywhere();
      links.site(address.ip, options);
      const identity = identityOf(String(index));
      const node = createSimNode(
        {
          name,
          role: options.role ?? (options.hashrate > 0 ? 'miner' : 'node'),
          address,
          nat: options.nat ?? 'open',
          clock: createNodeClock(options.clock, EPOCH_MS),
          identity,
          genesis: config.genesis,
          fakePow: !exact,
          config: nodeConfig(name, address, options),
          jobs: { hashrate: options.hashrate, realSeals: exact },
          log: config.log ?? SILENT_LOG,
        },
        around,
      );
      nodes.push(node);
      return node;
    },
    addOutsider(program, options = {}) {
      const name = `o${outsiders++}`;
      const address = options.address ?? addresses.anywhere();
      links.site(address.ip, options);
      const spec = { name, address, nat: options.nat ?? 'open', random: random.fork(name), program };
      return createOutsider(spec, { ...around, newIdentity: identityOf });
    },
    run(ms, done) {
      const untilMs = scheduler.nowMs() + ms;
      for (;;) {
        const lookMs = watch?.nextLookMs() ?? Number.POSITIVE_INFINITY;
        const pauseMs = Math.min(untilMs, lookMs);
        while (scheduler.step(pauseMs)) if (done?.() === true) return true;
        scheduler.advanceTo(pauseMs);
        if (lookMs <= untilMs) watch?.look();
        else return false;
      }
    },
    after: (ms, act) => scheduler.at(scheduler.nowMs() + ms, act),
    partition: (groups) => links.partition(groups.map((group) => group.map((node) => node.address.ip))),
    heal: () => links.heal(),
    travelMs(from, to, bytes) {
      const [a, b] = [links.site(from.address.ip), links.site(to.address.ip)];
      return { lineMs: bytes * a.upMsPerByte, restMs: links.delayMs(a, b) + bytes * b.downMsPerByte };
    },
    moment: (name) => watch?.onMoment(name),
    events: scheduler.count,
    nodeSeconds: () => nodes.reduce((sum, node) => sum + node.livedMs(), 0) / 1000,
    digest: trace.digest,
  };
  watch?.begin(world);
  return world;
}

function recoverSender(transaction: Transaction): void {
  senderOf(transaction);
}

function exactChannel(identity: Identity, random: Random, remote: PublicKey | undefined): Channel {
  return createRlpxChannel({ identity, random, ...(remote === undefined ? {} : { remote }) });
}

function plainChannel(identity: Identity, _random: Random, remote: PublicKey | undefined): Channel {
  return createPlainChannel({ publicKey: identity.publicKey, ...(remote === undefined ? {} : { remote }) });
}
