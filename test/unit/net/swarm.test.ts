import { describe, expect, it } from 'vitest';
import { entryWrite, readStoredPeers } from '../../../src/net/peers/peer-store.js';
import type { KvBatch } from '../../../src/ports/kv.js';
import { sealPacket } from '../../../src/wire/discv4/packet.js';
import { ping } from '../../../src/wire/discv4/ping.js';
import { fakeIdentity } from '../../support/fake-identity.js';
import { enodeOf, storedAfter, T0, TestNet, type TestNode, tinyChain } from './swarm-net.js';

const peersOf = (net: TestNet, node: TestNode): number => node.swarm.peers(net.nowMs).length;
const idOf = (node: TestNode) => node.swarm.nodeInfo().id;

/** The records of a book in which these nodes were reached. */
function tried(...nodes: readonly TestNode[]) {
  const times = { firstSeenMs: T0, lastSeenMs: T0, fails: 0 };
  const writes = nodes.flatMap((node) => {
    const { publicKey, endpoint } = enodeOf(node);
    const nodeId = idOf(node);
    if (endpoint === undefined) return [];
    return [entryWrite(nodeId, { nodeId, publicKey, endpoint, tried: true, source16: '', ...times })];
  });
  return storedAfter(writes);
}

/** Two nodes, the second of which has the first as a static peer. */
function couple(a: Parameters<TestNet['add']>[0] = {}, b: Parameters<TestNet['add']>[0] = {}) {
  const net = new TestNet('couple');
  const first = net.add({ noDiscovery: true, ...a });
  const second = net.add({ noDiscovery: true, staticPeers: [enodeOf(first)], ...b });
  return { net, first, second };
}

describe.each(['plain', 'rlpx'] as const)('a devnet over %s', (wire) => {
  it('four nodes that know one bootnode are a full mesh within two seconds', () => {
    const net = new TestNet(`mesh ${wire}`);
    const boot = net.add({ wire });
    for (let i = 0; i < 3; i++) net.add({ wire, bootnodes: [enodeOf(boot)] });
    net.run(2_000);
    expect(net.nodes.map((node) => peersOf(net, node))).toEqual([3, 3, 3, 3]);
  });
});

describe('a mesh', () => {
  it('holds over minutes without a connection lost', () => {
    const net = new TestNet('minutes');
    const boot = net.add();
    for (let i = 0; i < 4; i++) net.add({ bootnodes: [enodeOf(boot)] });
    net.run(3_000);
    for (const node of net.nodes) node.events.length = 0;
    net.run(300_000);
    expect(net.nodes.map((node) => peersOf(net, node))).toEqual([4, 4, 4, 4, 4]);
    expect(net.nodes.flatMap(({ events }) => events)).toEqual([]);
  });

  it('a node that comes before its bootnode finds it', () => {
    const net = new TestNet('early');
    const boot = net.add();
    net.crash(boot);
    const early = net.add({ bootnodes: [enodeOf(boot)], key: 7, listen: { ip: '127.0.0.1', port: 40_000 } });
    net.run(1_000);
    net.add({ key: 1, listen: boot.address });
    net.run(10_000);
    expect(peersOf(net, early)).toBe(1);
  });

  it('takes a restarted node back', () => {
    const net = new TestNet('restart');
    const boot = net.add();
    const other = net.add({ bootnodes: [enodeOf(boot)] });
    net.run(2_000);
    net.crash(other);
    net.run(1_000);
    expect(peersOf(net, boot)).toBe(0);
    const again = net.add({ key: 2, listen: other.address, bootnodes: [enodeOf(boot)] });
    net.run(8_000);
    expect([peersOf(net, boot), peersOf(net, again)]).toEqual([1, 1]);
  });

  it('is the same for the same seed', () => {
    const outputs = () => {
      const net = new TestNet('same');
      const boot = net.add();
      for (let i = 0; i < 3; i++) net.add({ bootnodes: [enodeOf(boot)] });
      net.run(5_000);
      return net.nodes.map((node) => node.outputs.length);
    };
    expect(outputs()).toEqual(outputs());
  });
});

describe('two nodes that dial each other', () => {
  it.each([1, 2, 3, 4, 5, 6])('keep exactly one connection (keys %i)', (key) => {
    const net = new TestNet(`twins ${key}`);
    const a = net.add({ key, noDiscovery: true });
    const b = net.add({ key: key + 10, noDiscovery: true });
    expect(a.swarm.addPeer(net.nowMs, b.enode).ok).toBe(true);
    expect(b.swarm.addPeer(net.nowMs, a.enode).ok).toBe(true);
    net.run(60_000);
    expect([peersOf(net, a), peersOf(net, b)]).toEqual([1, 1]);
    for (const { events } of [a, b]) {
      const [adds, drops] = ['add', 'drop'].map((kind) => events.filter((event) => event.kind === kind).length);
      expect(adds).toBe(1 + (drops ?? 0));
      expect(drops).toBeLessThanOrEqual(1);
    }
  });
});

describe('a static peer', () => {
  it('is connected at once, and shown as what it is', () => {
    const { net, first, second } = couple();
    net.run(500);
    expect(second.swarm.peers(net.nowMs)).toMatchObject([
      {
        id: idOf(first),
        name: 'test/0',
        caps: ['eth/68', 'eth/67', 'eth/66'],
        enode: first.enode,
        score: 0,
        network: { inbound: false, static: true, trusted: false },
        eth: { version: 68, difficulty: 1n },
      },
    ]);
    expect(first.swarm.peers(net.nowMs)).toMatchObject([
      { id: idOf(second), network: { inbound: true, static: false } },
    ]);
    expect(second.events).toMatchObject([{ kind: 'add', inbound: false }]);
  });

  it('is dialed even if there are more of them than are dialed at once', () => {
    const net = new TestNet('static');
    const others = Array.from({ length: 24 }, () => net.add({ noDiscovery: true }));
    const one = net.add({ noDiscovery: true, staticPeers: others.map(enodeOf) });
    net.run(60_000);
    expect(one.swarm.peers(net.nowMs)).toHaveLength(24);
  });

  it('is dialed again for ever', () => {
    const net = new TestNet('forever');
    const gone = net.add({ noDiscovery: true });
    net.crash(gone);
    const node = net.add({
      noDiscovery: true,
      key: 9,
      listen: { ip: '127.0.0.1', port: 41_000 },
      staticPeers: [enodeOf(gone)],
    });
    net.run(3_600_000);
    expect(node.swarm.failures()).toMatchObject([{ code: 'dial-refused', direction: 'out', address: gone.address }]);
    net.add({ noDiscovery: true, key: 1, listen: gone.address });
    net.run(10_000);
    expect(peersOf(net, node)).toBe(1);
    expect(node.swarm.failures()).toEqual([]);
  });

  it('leaves when it is removed, and is not dialed again', () => {
    const { net, first, second } = couple();
    net.run(500);
    expect(second.swarm.removePeer(net.nowMs, first.enode)).toEqual({ ok: true, value: true });
    net.run(120_000);
    expect([peersOf(net, first), peersOf(net, second)]).toEqual([0, 0]);
    expect(second.swarm.removePeer(net.nowMs, first.enode)).toEqual({ ok: true, value: false });
  });
});

describe('addPeer', () => {
  it.each([
    { name: 'no URL', text: 'nonsense', code: 'bad-node' },
    { name: 'a host name', text: `enode://${'ab'.repeat(64)}@example.org:30303`, code: 'bad-node' },
    { name: 'no address', text: `enode://${'ab'.repeat(64)}`, code: 'no-endpoint' },
    { name: 'no TCP port', text: `enode://${'ab'.repeat(64)}@127.0.0.1:0?discport=5`, code: 'no-endpoint' },
    { name: 'an address outside --netrestrict', text: `enode://${'ab'.repeat(64)}@10.0.0.1:30303`, code: 'restricted' },
  ])('refuses $name', ({ text, code }) => {
    const { swarm } = new TestNet('add').add({ netRestrict: ['127.0.0.0/8'] });
    expect(swarm.addPeer(T0, text)).toMatchObject({ ok: false, error: { code } });
  });

  it('refuses the node itself and banned nodes', () => {
    const { net, first, second } = couple();
    expect(first.swarm.addPeer(T0, first.enode)).toMatchObject({ ok: false, error: { code: 'self' } });
    first.swarm.ban(net.nowMs, second.enode);
    expect(first.swarm.addPeer(T0, second.enode)).toMatchObject({ ok: false, error: { code: 'banned' } });
  });

  it('lets its outcome be asked for', () => {
    const net = new TestNet('outcome');
    const [a, b] = [net.add({ noDiscovery: true }), net.add({ noDiscovery: true })];
    expect(a.swarm.dialOutcome(idOf(b))).toEqual({ kind: 'unknown' });
    a.swarm.addPeer(net.nowMs, b.enode);
    expect(a.swarm.dialOutcome(idOf(b))).toEqual({ kind: 'pending' });
    net.run(200);
    expect(a.swarm.dialOutcome(idOf(b))).toEqual({ kind: 'connected' });
    const nobody = `enode://${'ab'.repeat(64)}@127.0.0.1:9`;
    const added = a.swarm.addPeer(net.nowMs, nobody);
    if (!added.ok) throw new Error('not added');
    net.run(200);
    expect(a.swarm.dialOutcome(added.value)).toMatchObject({ kind: 'failed', code: 'dial-refused' });
  });
});

describe('why two nodes are no peers', () => {
  const other = `0x${'22'.repeat(32)}` as ReturnType<typeof tinyChain>['genesisHash'];
  it.each([
    { name: 'another genesis', chain: tinyChain({ genesisHash: other }), code: 'wrong-genesis' },
    { name: 'another network', chain: tinyChain({ networkId: 1n }), code: 'wrong-network' },
    {
      name: 'another fork schedule',
      chain: tinyChain({ forkIdMismatch: () => 'local-incompatible' }),
      code: 'wrong-fork-id',
    },
  ])('$name', ({ chain, code }) => {
    const { net, first, second } = couple({}, { chain });
    net.run(1_000);
    expect([peersOf(net, first), peersOf(net, second)]).toEqual([0, 0]);
    const codes = [...first.swarm.failures(), ...second.swarm.failures()].map((failure) => failure.code);
    expect(codes).toContain(code);
    expect(first.swarm.scores(net.nowMs)).toEqual([]);
    expect(second.swarm.bans(net.nowMs)).toEqual([]);
  });

  it('another node at the address', () => {
    const net = new TestNet('identity');
    const real = net.add({ noDiscovery: true });
    const node = net.add({ noDiscovery: true });
    const wrong = node.enode.replace(String(node.address.port), String(real.address.port));
    const third = net.add({ noDiscovery: true, key: 33 });
    expect(third.swarm.addPeer(net.nowMs, wrong).ok).toBe(true);
    net.run(1_000);
    expect(peersOf(net, third)).toBe(0);
    expect(third.swarm.failures()).toHaveLength(1);
    expect(real.swarm.scores(net.nowMs)).toEqual([]);
  });

  it('no slot, except for trusted and static peers', () => {
    const net = new TestNet('slots');
    const full = net.add({ noDiscovery: true, maxPeers: 3 }); // one dialed, two accepted
    const guests = [1, 2, 3].map(() => net.add({ noDiscovery: true, staticPeers: [enodeOf(full)] }));
    net.run(2_000);
    expect(peersOf(net, full)).toBe(2);
    const refused = guests.find((guest) => peersOf(net, guest) === 0);
    if (refused === undefined) throw new Error('nobody was refused');
    expect(refused.swarm.failures()).toMatchObject([{ code: 'remote-too-many-peers' }]);
    full.swarm.addTrusted(net.nowMs, refused.enode);
    net.run(10_000);
    expect(peersOf(net, full)).toBe(3);
  });

  it('no slot, which is no failure of the address: the book keeps it', () => {
    const net = new TestNet('full');
    const full = net.add({ noDiscovery: true, maxPeers: 0 });
    const gone = net.add({ noDiscovery: true });
    const ids = [full, gone].map(idOf);
    net.crash(gone);
    const guest = net.add({
      ...{ noDiscovery: true, key: 33, listen: { ip: full.address.ip, port: 40_000 } },
      staticPeers: [enodeOf(full), enodeOf(gone)],
      stored: tried(full, gone),
    });
    net.run(60_000);
    const { book } = readStoredPeers(storedAfter(guest.swarm.takeBatch(net.nowMs)));
    const fails = ids.map((id) => book.find(({ nodeId }) => nodeId === id)?.fails);
    expect(fails[0]).toBe(0);
    expect(fails[1]).toBeGreaterThan(0);
    expect(guest.swarm.failures().map(({ code }) => code)).toContain('remote-too-many-peers');
  });

  it('maxpeers 0 lets nobody in and dials nobody', () => {
    const { net, first, second } = couple({ maxPeers: 0 });
    net.run(5_000);
    expect([peersOf(net, first), peersOf(net, second)]).toEqual([0, 0]);
  });
});

describe('nodes of another chain on the same discovery network', () => {
  /** A chain with this fork id, to which all others are foreign. */
  const chainOf = (fork: number) =>
    tinyChain({
      forkId: () => ({ hash: new Uint8Array(4).fill(fork), next: 0n }),
      forkIdMismatch: ({ hash }) => (hash[0] === fork ? undefined : 'local-incompatible'),
    });

  it('are dialed once at most, before their record is known, and not kept for later', () => {
    const net = new TestNet('mixed');
    const boot = net.add({ chain: chainOf(1) });
    const bootnodes = [enodeOf(boot)];
    const foreign = [1, 2, 3].map(() => net.add({ chain: chainOf(2), bootnodes }));
    const ours = [1, 2].map(() => net.add({ chain: chainOf(1), bootnodes }));
    net.run(600_000);
    const foreignPorts = new Set(foreign.map(({ address }) => address.port));
    for (const node of [boot, ...ours]) {
      expect(peersOf(net, node)).toBe(2);
      const dials = node.outputs.flatMap((output) => (output.kind === 'dial' ? [output.to.port] : []));
      for (const port of foreignPorts) expect(dials.filter((to) => to === port).length).toBeLessThanOrEqual(1);
      const stored = readStoredPeers(storedAfter(node.swarm.takeBatch(net.nowMs))).book.map(({ nodeId }) => nodeId);
      expect(stored.length).toBeGreaterThan(0);
      for (const stranger of foreign) expect(stored).not.toContain(idOf(stranger));
    }
  });
});

describe('bans', () => {
  it('disconnect at once, keep out, and survive a restart', () => {
    const { net, first, second } = couple();
    net.run(500);
    expect(first.swarm.ban(net.nowMs, idOf(second))).toMatchObject({ ok: true, value: { manual: true } });
    net.run(10_000);
    expect([peersOf(net, first), peersOf(net, second)]).toEqual([0, 0]);

    const stored = storedAfter(first.swarm.takeBatch(net.nowMs));
    net.crash(first);
    const again = net.add({ noDiscovery: true, key: 1, listen: first.address, stored });
    net.run(20_000);
    expect(again.swarm.bans(net.nowMs)).toMatchObject([{ target: idOf(second), manual: true }]);
    expect(peersOf(net, again)).toBe(0);
    expect(again.swarm.unban(net.nowMs, second.enode)).toEqual({ ok: true, value: true });
    net.run(10_000);
    expect(peersOf(net, again)).toBe(1);
  });

  it('work on an ip, before any cryptography', () => {
    const { net, first, second } = couple();
    net.run(500);
    expect(first.swarm.ban(net.nowMs, '127.0.0.1', 60_000).ok).toBe(true);
    net.run(20_000);
    expect([peersOf(net, first), peersOf(net, second)]).toEqual([0, 0]);
    expect(first.swarm.counters().inboundRefused).toBeGreaterThan(0);
    net.run(60_000);
    expect(peersOf(net, first)).toBe(1);
  });

  it('a ban lifted in the database stays lifted', () => {
    const { net, first, second } = couple();
    first.swarm.ban(net.nowMs, idOf(second));
    first.swarm.takeBatch(net.nowMs);
    first.swarm.unban(net.nowMs, idOf(second));
    const batch = first.swarm.takeBatch(net.nowMs) ?? [];
    expect(batch.map(({ kind, key }) => [kind, Buffer.from(key).toString()])).toContainEqual([
      'del',
      `ban:${idOf(second)}`,
    ]);
    expect(first.swarm.takeBatch(net.nowMs)).toBeUndefined();
  });

  it.each(['nonsense', '1.2.3', '0x12'])('refuse the target %j', (target) => {
    expect(new TestNet('target').add().swarm.ban(T0, target)).toMatchObject({
      ok: false,
      error: { code: 'bad-target' },
    });
  });
});

describe('the peers database', () => {
  it('brings a node back to its peers without a bootnode', () => {
    const net = new TestNet('book');
    const boot = net.add();
    const node = net.add({ bootnodes: [enodeOf(boot)] });
    net.run(3_000);
    const stored = storedAfter(node.swarm.takeBatch(net.nowMs));
    net.crash(node);
    net.run(60_000);
    const again = net.add({ key: 2, listen: node.address, stored });
    net.run(3_000);
    expect(peersOf(net, again)).toBe(1);
  });

  it.each([
    { name: 'keeps a node that was reached although it says that it can not be dialed', reached: true },
    { name: 'forgets a node that was only heard of when it says so', reached: false },
  ])('$name', ({ reached }) => {
    const net = new TestNet('spared');
    // It does not know its address, so that its pings and not its record say where it is.
    const subject = net.add({ externalIp: '0.0.0.0', maxPeers: reached ? 50 : 0 });
    const node = net.add({ bootnodes: [enodeOf(subject)] });
    net.run(3_000);
    net.crash(subject);
    const before = node.swarm.takeBatch(net.nowMs) ?? [];
    const entries = (batch: KvBatch) =>
      readStoredPeers(storedAfter(batch)).book.filter(({ nodeId }) => nodeId === idOf(subject));
    expect(entries(before)).toMatchObject([{ tried: reached }]);
    const endpoint = { ip: undefined, udpPort: 0, tcpPort: 0 };
    const expiration = Math.floor(net.nowMs / 1000) + 20;
    const data = ping.encode({ from: endpoint, to: endpoint, expiration, enrSeq: undefined });
    const { datagram } = sealPacket(fakeIdentity(1), ping.type, data);
    node.swarm.handle(net.nowMs, { kind: 'datagram', from: subject.address, data: datagram });
    const after = [...before, ...(node.swarm.takeBatch(net.nowMs) ?? [])];
    expect(entries(after).map(({ tried }) => tried)).toEqual(reached ? [true] : []);
  });

  it('is read over garbage without harm', () => {
    const text = (value: string) => Buffer.from(value, 'utf8');
    const stored = ['ban:', 'node:', 'secret:book', 'enr:seq', 'x', ''].flatMap((key) =>
      ['', '{', '[]', 'null', '{}', '{"ip":"x","strikes":-1}'].map((value) => [text(key), text(value)] as const),
    );
    expect(new TestNet('garbage').add({ stored }).swarm.bans(T0)).toEqual([]);
  });

  it('raises the sequence number of the node record over a restart', () => {
    const net = new TestNet('seq');
    const node = net.add();
    const stored = storedAfter(node.swarm.takeBatch(net.nowMs));
    net.crash(node);
    const again = net.add({ key: 1, listen: node.address, stored });
    expect(again.swarm.nodeInfo().enr).not.toBe(node.swarm.nodeInfo().enr);
  });
});

describe('strangers', () => {
  it('silent connections are shed, oldest first, and never lock the door', () => {
    const net = new TestNet('loris');
    const victim = net.add({ noDiscovery: true });
    const conns = Array.from({ length: 100 }, (_, i) => net.connectFrom(victim, { ip: '127.0.0.1', port: 1_000 + i }));
    const closed = victim.outputs.filter((output) => output.kind === 'stream-close').map(({ conn }) => conn);
    expect(closed).toEqual(conns.slice(0, 68));
    const honest = net.add({ noDiscovery: true, staticPeers: [enodeOf(victim)] });
    net.run(1_000);
    expect(peersOf(net, honest)).toBe(1);
    net.run(5_000);
    expect(victim.outputs.filter((output) => output.kind === 'stream-close')).toHaveLength(100);
  });

  it('public ones are metered by address and subnet', () => {
    const net = new TestNet('meter');
    const victim = net.add({ noDiscovery: true });
    for (let i = 0; i < 50; i++) net.connectFrom(victim, { ip: '203.0.113.9', port: i + 1 });
    expect(victim.swarm.counters().inboundRefused).toBe(48);
  });

  it('outside --netrestrict get nothing', () => {
    const net = new TestNet('restrict');
    const victim = net.add({ noDiscovery: true, netRestrict: ['127.0.0.0/8'] });
    net.connectFrom(victim, { ip: '203.0.113.9', port: 1 });
    expect(victim.outputs.at(-1)).toMatchObject({ kind: 'stream-close', abort: true });
  });

  it('garbage closes the stream and costs no identity anything', () => {
    const net = new TestNet('garbage stream');
    const victim = net.add({ noDiscovery: true, wire: 'rlpx' });
    const conn = net.connectFrom(victim, { ip: '127.0.0.1', port: 1 });
    victim.swarm.handle(net.nowMs, { kind: 'stream-data', conn, data: new Uint8Array(2_000).fill(0xff) });
    expect(victim.outputs.at(-1)).toMatchObject({ kind: 'stream-close', conn });
    expect(victim.swarm.scores(net.nowMs)).toEqual([]);
    expect(victim.swarm.failures()).toMatchObject([{ id: undefined, code: 'handshake-failed' }]);
  });

  it('input for unknown connections is ignored', () => {
    const net = new TestNet('unknown');
    const { swarm } = net.add({ noDiscovery: true });
    for (const kind of ['stream-full', 'stream-drained'] as const) swarm.handle(T0, { kind, conn: 4 });
    swarm.handle(T0, { kind: 'stream-data', conn: 4, data: new Uint8Array(9) });
    swarm.handle(T0, { kind: 'stream-closed', conn: 4, error: 'x' });
    swarm.handle(T0, { kind: 'dial-failed', conn: 5, failure: 'timeout' });
    expect(swarm.peers(T0)).toEqual([]);
  });
});

describe('stop', () => {
  it('says goodbye to everyone and dials nobody any more', () => {
    const net = new TestNet('stop');
    const boot = net.add();
    for (let i = 0; i < 3; i++) net.add({ bootnodes: [enodeOf(boot)] });
    net.run(3_000);
    const [, leaver, witness] = net.nodes;
    if (leaver === undefined || witness === undefined) throw new Error('too few nodes');
    leaver.swarm.stop(net.nowMs);
    leaver.outputs.length = 0;
    net.run(100);
    expect(peersOf(net, leaver)).toBe(0);
    expect(witness.events.at(-1)).toMatchObject({ kind: 'drop', peer: idOf(leaver), reason: 'remote-client-quitting' });
    expect(leaver.swarm.failures()).toEqual([]);
    net.run(60_000);
    expect(leaver.outputs.filter(({ kind }) => kind === 'dial')).toEqual([]);
  });
});

describe('counters', () => {
  it('count what happened', () => {
    const { net, first, second } = couple();
    net.run(500);
    expect(second.swarm.counters()).toMatchObject({ peersOutbound: 1, peersInbound: 0, dials: 1, dialFailures: 0 });
    expect(first.swarm.counters()).toMatchObject({ peersOutbound: 0, peersInbound: 1, dials: 0 });
    expect(first.swarm.counters().bytesIn).toBe(second.swarm.counters().bytesOut);
    second.swarm.stop(net.nowMs);
    net.run(100);
    expect(first.swarm.counters().disconnects.get('remote-client-quitting')).toBe(1);
  });
});
