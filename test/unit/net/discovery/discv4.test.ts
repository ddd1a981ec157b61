import { beforeEach, describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '../../../../src/base/bytes.js';
import { toHash32 } from '../../../../src/base/hex.js';
import { encodeRlp } from '../../../../src/codec/rlp-writer.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import type { DiscoveryCounters } from '../../../../src/net/discovery/discovery.js';
import type { Identity } from '../../../../src/ports/identity.js';
import type { SocketAddress } from '../../../../src/types/endpoint.js';
import { decodeEnr, signEnr } from '../../../../src/types/enr.js';
import { enrRequest } from '../../../../src/wire/discv4/enr-request.js';
import { enrResponse } from '../../../../src/wire/discv4/enr-response.js';
import { findNode } from '../../../../src/wire/discv4/find-node.js';
import type { PacketCodec } from '../../../../src/wire/discv4/message.js';
import type { Neighbor } from '../../../../src/wire/discv4/neighbor.js';
import { neighbors } from '../../../../src/wire/discv4/neighbors.js';
import { openPacket, type Packet, sealPacket } from '../../../../src/wire/discv4/packet.js';
import { type Ping, ping } from '../../../../src/wire/discv4/ping.js';
import { pong } from '../../../../src/wire/discv4/pong.js';
import { DiscoveryNetwork, type NetworkNode } from '../../../support/discovery-network.js';
import { fakeIdentity, fakeScheme } from '../../../support/fake-identity.js';
import { seededRandom } from '../../../support/seeded-random.js';

await initKeccak();

const US: SocketAddress = { ip: '20.0.0.1', port: 30303 };
const PEER: SocketAddress = { ip: '30.0.0.1', port: 40000 };
const NOBODY = { ip: undefined, udpPort: 0, tcpPort: 0 };
const TARGET = fakeIdentity('target').publicKey;

let network: DiscoveryNetwork;
let node: NetworkNode;
let read: number;
const peer = fakeIdentity('peer');

beforeEach(() => {
  network = new DiscoveryNetwork(1);
  node = network.add({ name: 'us', ip: US.ip });
  node.discovery.start(network.nowMs);
  network.run(1000);
  read = network.sent.length;
});

const expiration = (): number => Math.floor(network.nowMs / 1000) + 20;
const counters = (): DiscoveryCounters => node.discovery.counters();

/** Sends a packet to us and returns its hash. */
function send<T>(codec: PacketCodec<T>, message: T, from = PEER, as: Identity = peer, tail: Uint8Array = EMPTY_BYTES) {
  const sealed = sealPacket(as, codec.type, concatBytes(codec.encode(message), tail));
  network.send({ from, to: US, data: sealed.datagram });
  read = network.sent.length;
  network.run(50);
  return toHash32(sealed.hash);
}

/** What we have sent to `to` since the last call of `send`. */
const received = (to = PEER): Packet[] =>
  network.sent
    .slice(read)
    .filter((sent) => sent.to.ip === to.ip && sent.to.port === to.port)
    .map(({ data }) => openPacket(data));

const types = (packets: readonly Packet[]): number[] => packets.map(({ type }) => type);
const aPing = (fields: Partial<Ping> = {}): Ping => ({
  from: { ip: PEER.ip, udpPort: PEER.port, tcpPort: 7777 },
  to: { ip: US.ip, udpPort: US.port, tcpPort: 0 },
  expiration: expiration(),
  enrSeq: undefined,
  ...fields,
});

/** Answers a ping of ours. */
function answer(packet: Packet | undefined, from = PEER, as: Identity = peer, enrSeq?: bigint): void {
  const to = { ip: US.ip, udpPort: US.port, tcpPort: 0 };
  const pingHash = packet?.hash ?? toHash32(new Uint8Array(32));
  send(pong, { to, pingHash, expiration: expiration(), enrSeq }, from, as);
}

/** The endpoint proof both ways. */
function bond(from = PEER, as: Identity = peer): void {
  send(ping, aPing(), from, as);
  answer(
    received(from).find(({ type }) => type === ping.type),
    from,
    as,
  );
}

describe('ping', () => {
  const answered: [name: string, fields: Partial<Ping>, tail?: Uint8Array][] = [
    ['a plain one', {}],
    ['with a wrong from', { from: { ip: '9.9.9.9', udpPort: 1, tcpPort: 1 } }],
    ['with a wrong to', { to: { ip: '9.9.9.9', udpPort: 1, tcpPort: 1 } }],
    ['with empty endpoints', { from: NOBODY, to: NOBODY }],
    ['with trailing data', {}, Uint8Array.of(1, 2, 3)],
  ];
  it.each(answered)('%s is answered to where it came from, and pinged back', (_, fields, tail) => {
    const hash = send(ping, aPing(fields), PEER, peer, tail);
    const [first, second] = received();
    expect(first && pong.decode(first.data)).toMatchObject({
      pingHash: hash,
      to: { ip: PEER.ip, udpPort: PEER.port, tcpPort: aPing(fields).from.tcpPort },
      enrSeq: 1n,
    });
    expect(second?.type).toBe(ping.type);
  });

  it('that says it came from port 0 gets nothing: no answer can go there', () => {
    send(ping, aPing(), { ...PEER, port: 0 });
    expect([received({ ...PEER, port: 0 }), counters().dropped['no-port']]).toEqual([[], 1]);
  });

  it('that has expired gets nothing, and no signature check', () => {
    send(ping, aPing({ expiration: expiration() - 40 }));
    expect([received(), counters().dropped.expired, counters().recoveries]).toEqual([[], 1, 0]);
  });

  it('from a node that has proved itself gets a pong only', () => {
    bond();
    send(ping, aPing());
    expect(types(received())).toEqual([pong.type]);
    expect(node.reported.get(peer.nodeId)?.endpoint).toEqual({ ip: PEER.ip, udpPort: PEER.port, tcpPort: 7777 });
    expect(node.discovery.tableView().map(({ nodeId }) => nodeId)).toEqual([peer.nodeId]);
  });

  it('is not proof by itself: who does not answer ours is neither told of nor remembered', () => {
    send(ping, aPing());
    network.run(1000);
    expect([node.reported.size, node.discovery.tableView().length]).toEqual([0, 0]);
  });
});

describe('pong', () => {
  const wrong: [name: string, reply: (packet: Packet | undefined) => void][] = [
    ['to no ping', () => answer(undefined)],
    ['from another address', (packet) => answer(packet, { ...PEER, ip: '30.0.0.2' })],
    ['from another port', (packet) => answer(packet, { ...PEER, port: 40001 })],
    ['from another node', (packet) => answer(packet, PEER, fakeIdentity('other'))],
  ];
  it.each(wrong)('%s proves nothing', (_, reply) => {
    send(ping, aPing());
    reply(received().find(({ type }) => type === ping.type));
    expect(counters().dropped.unsolicited).toBe(1);
    send(findNode, { target: TARGET, expiration: expiration() });
    expect(received()).toEqual([]);
  });

  it('that nobody waits for costs no signature check', () => {
    answer(undefined);
    expect([counters().recoveries, counters().dropped.unsolicited]).toEqual([0, 1]);
  });
});

describe('requests without an endpoint proof', () => {
  it.each([
    ['FINDNODE', () => send(findNode, { target: TARGET, expiration: expiration() })],
    ['ENRRequest', () => send(enrRequest, { expiration: expiration() })],
  ])('%s gets nothing, and no signature check', (_, request) => {
    request();
    expect([received(), counters().recoveries, counters().dropped['no-endpoint-proof']]).toEqual([[], 0, 1]);
  });

  it('of another node at a proven address get nothing', () => {
    bond();
    send(findNode, { target: TARGET, expiration: expiration() }, PEER, fakeIdentity('other'));
    expect(received()).toEqual([]);
  });
});

describe('requests with an endpoint proof', () => {
  it('FINDNODE is answered with the nodes we know, the asker left out', () => {
    bond();
    for (let i = 0; i < 20; i++) bond({ ip: `31.${i}.0.1`, port: 30303 }, fakeIdentity(i));
    send(findNode, { target: TARGET, expiration: expiration() });
    const packets = received();
    expect(types(packets)).toEqual([neighbors.type, neighbors.type]);
    const nodes = packets.flatMap(({ data }) => neighbors.decode(data).nodes);
    expect(nodes).toHaveLength(16);
    expect(nodes.map(({ publicKey }) => publicKey)).not.toContain(peer.publicKey);
  });

  it('FINDNODE by a public node is never answered with local ones', () => {
    bond();
    bond({ ip: '10.0.0.1', port: 30303 }, fakeIdentity('local'));
    send(findNode, { target: TARGET, expiration: expiration() });
    expect(received().flatMap(({ data }) => neighbors.decode(data).nodes)).toEqual([]);
  });

  it('ENRRequest is answered with our record', () => {
    bond();
    const requestHash = send(enrRequest, { expiration: expiration() });
    const response = received().map(({ data }) => enrResponse.decode(data))[0];
    expect(response?.requestHash).toBe(requestHash);
    expect(response && decodeEnr(response.record, fakeScheme).publicKey).toBe(node.identity.publicKey);
  });
});

describe('FINDNODE of ours', () => {
  it('that stayed unanswered goes out behind a ping the next time: the node may have lost our proof', () => {
    bond();
    const asked = (): number[] => {
      read = network.sent.length;
      node.discovery.lookup(network.nowMs, TARGET);
      return types(received());
    };
    expect(asked()).toEqual([findNode.type]);
    network.run(1000);
    expect(asked()).toEqual([ping.type]);
    const [pinged] = received();
    send(ping, aPing());
    expect(types(received())).toEqual([pong.type]);
    answer(pinged);
    expect(types(received())).toEqual([findNode.type]);
  });
});

describe('NEIGHBORS', () => {
  const lie = (ip: string, port = 30303): Neighbor => ({
    endpoint: { ip, udpPort: port, tcpPort: port },
    publicKey: fakeIdentity(`${ip}:${port}`).publicKey,
  });

  /** Starts a lookup that asks the peer; returns once it has asked. */
  function provoke(): void {
    bond();
    read = network.sent.length;
    node.discovery.lookup(network.nowMs, TARGET);
    expect(types(received())).toEqual([findNode.type]);
  }

  it('nobody asked for are ignored, without a signature check', () => {
    bond();
    const before = counters().recoveries;
    send(neighbors, { nodes: [lie('40.0.0.1')], expiration: expiration() });
    network.run(1000);
    expect(counters().recoveries).toBe(before);
    expect(received({ ip: '40.0.0.1', port: 30303 })).toEqual([]);
  });

  it('lead us to ping the nodes named', () => {
    provoke();
    send(neighbors, { nodes: [lie('40.0.0.1'), lie('40.1.0.1')], expiration: expiration() });
    network.run(300);
    expect(types(received({ ip: '40.0.0.1', port: 30303 }))).toEqual([ping.type]);
    expect(types(received({ ip: '40.1.0.1', port: 30303 }))).toEqual([ping.type]);
  });

  it('never make us ping ourselves', () => {
    provoke();
    const { publicKey } = node.identity;
    send(neighbors, { nodes: [{ ...lie('40.0.0.1'), publicKey }], expiration: expiration() });
    network.run(1000);
    expect(network.sent.filter(({ to }) => to.ip === '40.0.0.1')).toEqual([]);
  });

  it('make us ping a victim once, however many nodes it is said to host', () => {
    provoke();
    send(neighbors, {
      nodes: Array.from({ length: 12 }, (_, i) => lie('40.0.0.1', 2000 + i)),
      expiration: expiration(),
    });
    network.run(30_000);
    const pings = network.sent.filter(({ to }) => to.ip === '40.0.0.1');
    expect(pings).toHaveLength(1);
    expect(counters().dropped['hearsay-limited']).toBeGreaterThan(0);
  });

  it('never make us send to addresses that their sender could not know', () => {
    provoke();
    const nodes = [
      lie('127.0.0.1'),
      lie('192.168.0.1'),
      lie('224.0.0.1'),
      lie('0.0.0.0'),
      lie('8.8.8.8', 53),
      lie('::1'),
      { ...lie('9.9.9.9'), endpoint: { ip: undefined, udpPort: 30303, tcpPort: 30303 } },
    ];
    send(neighbors, { nodes, expiration: expiration() });
    const before = network.sent.length;
    network.run(2000);
    expect(network.sent.slice(before).filter(({ to }) => to.ip !== PEER.ip)).toEqual([]);
    expect(counters().dropped['bad-relay-address']).toBe(7);
  });
});

describe('the TCP port of a node named in NEIGHBORS', () => {
  const OTHER = { ip: '40.0.0.1', port: 30303 };
  const other = fakeIdentity('other');
  const reportedPort = () => node.reported.get(other.nodeId)?.endpoint.tcpPort;
  const states = (tcpPort: number) => aPing({ from: { ip: OTHER.ip, udpPort: OTHER.port, tcpPort } });

  /** The peer names the other node, with a TCP port that it made up; returns our ping to it. */
  function name(): Packet | undefined {
    read = network.sent.length;
    node.discovery.lookup(network.nowMs, TARGET);
    const endpoint = { ip: OTHER.ip, udpPort: OTHER.port, tcpPort: 25 };
    network.run(50);
    send(neighbors, { nodes: [{ endpoint, publicKey: other.publicKey }], expiration: expiration() });
    network.run(120);
    return received(OTHER)[0];
  }

  it('is not told before the node has stated it, in a ping that comes after its pong', () => {
    bond();
    answer(name(), OTHER, other);
    expect(node.discovery.tableView().some(({ nodeId }) => nodeId === other.nodeId)).toBe(true);
    expect(reportedPort()).toBeUndefined();
    send(ping, states(7777), OTHER, other);
    expect(reportedPort()).toBe(7777);
  });

  it('is what the node stated in a ping that came before its pong', () => {
    bond();
    const pinged = name();
    send(ping, states(7777), OTHER, other);
    expect(reportedPort()).toBeUndefined();
    answer(pinged, OTHER, other);
    expect(reportedPort()).toBe(7777);
  });
});

describe('records', () => {
  it('are fetched from a node that answers pings and sends none: it knew us before we started anew', () => {
    read = network.sent.length;
    const endpoint = { ip: PEER.ip, udpPort: PEER.port, tcpPort: 25 };
    node.discovery.rejoin(network.nowMs, { publicKey: peer.publicKey, endpoint });
    const [pinged] = received();
    answer(pinged, PEER, peer, 1n);
    expect([types(received()).includes(enrRequest.type), node.reported.size]).toEqual([false, 0]);
    network.run(300);
    expect(types(received())).toContain(enrRequest.type);
  });

  const record = (seq: bigint, identity: Identity = peer) => signEnr(identity, seq, new Map([['eth', encodeRlp([])]]));

  it('are fetched once a minute, however often their number rises', () => {
    bond();
    const started = network.sent.length;
    for (let second = 0; second < 120; second++) {
      send(ping, aPing({ enrSeq: BigInt(second + 1) }));
      const request = received().find(({ type }) => type === enrRequest.type);
      if (request !== undefined)
        send(enrResponse, { requestHash: request.hash, record: record(BigInt(second + 1)).raw });
      network.run(900);
    }
    const requests = network.sent.slice(started).filter(({ data }) => data[97] === enrRequest.type);
    expect(requests.filter(({ to }) => to.ip === PEER.ip)).toHaveLength(2);
    expect(node.reported.get(peer.nodeId)?.enr?.seq).toBeGreaterThan(60n);
  });

  it('of someone else are refused', () => {
    bond();
    send(ping, aPing({ enrSeq: 5n }));
    const request = received().find(({ type }) => type === enrRequest.type);
    if (request === undefined) throw new Error('no record was asked for');
    send(enrResponse, { requestHash: request.hash, record: record(5n, fakeIdentity('other')).raw });
    expect([counters().dropped['bad-record'], node.reported.get(peer.nodeId)?.enr]).toEqual([1, undefined]);
  });
});

describe('abuse', () => {
  it('by junk in the name of a node does not keep its answers from us', () => {
    bond();
    const junk = (): void => {
      for (let i = 0; i < 100; i++) network.send({ from: { ...PEER, port: 9 }, to: US, data: new Uint8Array(98) });
      network.run(50);
    };
    junk();
    read = network.sent.length;
    node.discovery.lookup(network.nowMs, TARGET);
    const { publicKey } = fakeIdentity('named');
    const named = { publicKey, endpoint: { ip: '40.0.0.1', udpPort: 30_303, tcpPort: 30_303 } };
    send(neighbors, { nodes: [named], expiration: expiration() });
    network.run(300);
    expect(counters().dropped['rate-limited']).toBeGreaterThan(0);
    expect(types(received({ ip: '40.0.0.1', port: 30_303 }))).toEqual([ping.type]);
    junk();
    send(ping, aPing());
    expect(received()).toEqual([]);
  });

  it('by answers in the name of a node that we ask costs some signature checks, not one for each', () => {
    bond();
    node.discovery.lookup(network.nowMs, TARGET);
    const before = counters().recoveries;
    for (let i = 0; i < 300; i++) {
      const data = neighbors.encode({ nodes: [], expiration: expiration() + i });
      const { datagram } = sealPacket(fakeIdentity('somebody else'), neighbors.type, data);
      network.send({ from: PEER, to: US, data: datagram });
    }
    network.run(100);
    // What the address may send, and the few that are let in because we wait for one.
    expect(counters().recoveries - before).toBeLessThanOrEqual(60);
  });

  it('by a request sent again is answered once', () => {
    bond();
    const asked = { target: TARGET, expiration: expiration() };
    send(findNode, asked);
    expect(types(received())).toEqual([neighbors.type]);
    send(findNode, asked);
    expect([received(), counters().dropped.repeated]).toEqual([[], 1]);
  });

  it('by pings from ever new addresses has its limit, and leaves room for our own requests', () => {
    bond();
    const before = counters().recoveries;
    for (let i = 0; i < 3_000; i++) {
      const from = { ip: `50.${i % 200}.${Math.floor(i / 200)}.1`, port: 30_303 };
      const { datagram } = sealPacket(fakeIdentity(`stranger ${i}`), ping.type, ping.encode(aPing()));
      network.send({ from, to: US, data: datagram });
    }
    network.run(100);
    expect(counters().recoveries - before).toBeLessThanOrEqual(1_100);
    expect(counters().dropped['requests-full']).toBe(0);
    expect(counters().dropped['ping-back-limited']).toBeGreaterThan(500);
    node.discovery.lookup(network.nowMs, TARGET);
    expect(types(received())).toContain(findNode.type);
  });

  it('by spoofed pings gains hardly any bytes, and nothing for other packets', () => {
    const smallest = { from: NOBODY, to: NOBODY, enrSeq: undefined };
    const before = counters();
    for (let i = 0; i < 2000; i++) {
      network.send({ from: PEER, to: US, data: sealPacket(peer, ping.type, ping.encode(aPing(smallest))).datagram });
      if (i % 10 === 9) network.run(1000);
    }
    const { receivedBytes, sentBytes } = counters();
    expect((sentBytes - before.sentBytes) / (receivedBytes - before.receivedBytes)).toBeLessThan(1.5);
  });

  it('of one ping gains at most 2.6 times its bytes', () => {
    const before = counters();
    send(ping, aPing({ from: NOBODY, to: NOBODY }));
    const { receivedBytes, sentBytes } = counters();
    expect((sentBytes - before.sentBytes) / (receivedBytes - before.receivedBytes)).toBeLessThanOrEqual(2.6);
  });

  it('fills the table with no more than two nodes of a subnet in a bucket', () => {
    for (let i = 0; i < 20; i++) {
      bond({ ip: `31.0.0.${i + 1}`, port: 30303 }, fakeIdentity(`sybil ${i}`));
      network.run(5000);
    }
    const buckets = node.discovery.tableView().map(({ bucket }) => bucket);
    for (const bucket of buckets) expect(buckets.filter((other) => other === bucket).length).toBeLessThanOrEqual(2);
    expect(buckets.length).toBeLessThanOrEqual(10);
  });

  it('by garbage of any kind is only counted', () => {
    const random = seededRandom('garbage');
    const valid = sealPacket(peer, ping.type, ping.encode(aPing())).datagram;
    const datagrams = [
      sealPacket(node.identity, ping.type, ping.encode(aPing())).datagram,
      ...Array.from({ length: 100 }, () => random.bytes(random.below(1400))),
      ...Array.from({ length: valid.length }, (_, i) => valid.slice(0, i)),
      ...Array.from({ length: 9 }, (_, type) => sealPacket(peer, type, random.bytes(50)).datagram),
      ...Array.from({ length: 9 }, (_, type) => sealPacket(peer, type, encodeRlp([])).datagram),
    ];
    for (const data of datagrams) {
      node.discovery.onDatagram(network.nowMs, PEER, data);
      network.run(200);
    }
    const { dropped, received: taken } = counters();
    expect(Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(taken);
    expect(dropped.self).toBe(1);
    expect(counters().sent).toBe(0);
  });
});

describe('restart', () => {
  it('hands out the nodes of its table and starts from them', () => {
    bond();
    const [stored] = node.discovery.nodesToStore();
    expect(stored?.publicKey).toBe(peer.publicKey);
    const again = network.add({ name: 'again', ip: '60.0.0.1', storedNodes: node.discovery.nodesToStore() });
    again.discovery.start(network.nowMs);
    expect(types(received())).toContain(ping.type);
  });
});
