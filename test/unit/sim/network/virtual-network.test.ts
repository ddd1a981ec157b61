import { describe, expect, it } from 'vitest';
import type { NetInput } from '../../../../src/net/io.js';
import { createLinks, type LinkConfig } from '../../../../src/sim/network/links.js';
import type { NatKind } from '../../../../src/sim/network/nat.js';
import { createVirtualNetwork, type Endhost } from '../../../../src/sim/network/virtual-network.js';
import { createScheduler } from '../../../../src/sim/scheduler.js';

const DELAY_MS = 10;

function harness(extra: Partial<LinkConfig> = {}) {
  const scheduler = createScheduler(0);
  const links = createLinks({ latency: { kind: 'constant', ms: DELAY_MS }, datagramLoss: 0, ...extra }, 'test');
  const network = createVirtualNetwork(scheduler, links);
  const machine = (ip: string, nat?: NatKind) => {
    const inputs: { atMs: number; input: NetInput }[] = [];
    const host: Endhost = {
      address: { ip, port: 30303 },
      nat,
      deliver: (input) => inputs.push({ atMs: scheduler.nowMs(), input }),
    };
    network.attach(host);
    return { host, inputs, kinds: () => inputs.map(({ input }) => input.kind) };
  };
  const settle = (ms = 60_000): void => {
    const untilMs = scheduler.nowMs() + ms;
    while (scheduler.step(untilMs));
    scheduler.advanceTo(untilMs);
  };
  return { scheduler, links, network, machine, a: machine('20.0.0.1'), b: machine('21.0.0.1'), settle };
}

function connect(world: ReturnType<typeof harness>): { at: number; from: number } {
  world.network.dial(world.a.host, 1, world.b.host.address, 1_000);
  world.settle(100);
  const opened = world.b.inputs.find(({ input }) => input.kind === 'stream-opened')?.input;
  if (opened?.kind !== 'stream-opened') throw new Error('the stream must be open');
  return { from: 1, at: opened.conn };
}

describe('virtual network', () => {
  it('opens a stream after one delay at the listener and two at the dialer', () => {
    const world = harness();
    connect(world);
    expect(world.b.inputs[0]).toMatchObject({ atMs: DELAY_MS, input: { kind: 'stream-opened', direction: 'in' } });
    expect(world.a.inputs[0]).toMatchObject({
      atMs: 2 * DELAY_MS,
      input: { kind: 'stream-opened', conn: 1, direction: 'out' },
    });
  });

  it('brings bytes in order and then the end', () => {
    const world = harness();
    const { from } = connect(world);
    for (const byte of [1, 2, 3]) world.network.write(world.a.host, from, Uint8Array.of(byte));
    world.network.close(world.a.host, from);
    world.settle();
    const bytes = world.b.inputs.flatMap(({ input }) => (input.kind === 'stream-data' ? [...input.data] : []));
    expect(bytes).toEqual([1, 2, 3]);
    expect(world.b.kinds().at(-1)).toBe('stream-closed');
    expect(world.a.kinds().at(-1)).toBe('stream-closed');
  });

  it('holds bytes back from a paused reader, and its end too', () => {
    const world = harness();
    const { from, at } = connect(world);
    world.network.setPaused(world.b.host, at, true);
    world.network.write(world.a.host, from, Uint8Array.of(1));
    world.network.close(world.a.host, from);
    world.settle(1_000);
    expect(world.b.kinds()).toEqual(['stream-opened']);
    world.network.setPaused(world.b.host, at, false);
    world.settle(1_000);
    expect(world.b.kinds()).toEqual(['stream-opened', 'stream-data', 'stream-closed']);
  });

  it.each([
    { name: 'with the end of the pause', pauses: [false] },
    { name: 'with a pause that ends and begins again', pauses: [false, true] },
  ])('lets nothing that comes $name overtake what was held back', ({ pauses }) => {
    const world = harness();
    const { from, at } = connect(world);
    world.network.setPaused(world.b.host, at, true);
    world.network.write(world.a.host, from, Uint8Array.of(1));
    world.settle(1_000);
    // Before the bytes that arrive at the same moment.
    world.scheduler.at(world.scheduler.nowMs() + DELAY_MS, () => {
      for (const paused of pauses) world.network.setPaused(world.b.host, at, paused);
    });
    world.network.write(world.a.host, from, Uint8Array.of(2));
    world.network.close(world.a.host, from);
    world.settle(1_000);
    world.network.setPaused(world.b.host, at, false);
    world.settle(1_000);
    const bytes = world.b.inputs.flatMap(({ input }) => (input.kind === 'stream-data' ? [...input.data] : []));
    expect(bytes).toEqual([1, 2]);
    expect(world.b.kinds().at(-1)).toBe('stream-closed');
  });

  it('refuses a dial where nobody listens; elsewhere and across a partition dials time out', () => {
    const world = harness();
    world.network.dial(world.a.host, 1, { ip: world.b.host.address.ip, port: 1 }, 1_000);
    world.network.dial(world.a.host, 3, { ip: '99.0.0.1', port: 30303 }, 1_000);
    world.settle();
    world.links.partition([[world.a.host.address.ip], [world.b.host.address.ip]]);
    world.network.dial(world.a.host, 5, world.b.host.address, 1_000);
    world.settle();
    world.links.heal();
    world.network.unplug(world.b.host);
    world.network.dial(world.a.host, 7, world.b.host.address, 1_000);
    world.settle();
    expect(world.a.inputs.map(({ input }) => input)).toEqual([
      { kind: 'dial-failed', conn: 1, failure: 'refused' },
      { kind: 'dial-failed', conn: 3, failure: 'timeout' },
      { kind: 'dial-failed', conn: 5, failure: 'timeout' },
      { kind: 'dial-failed', conn: 7, failure: 'timeout' },
    ]);
  });

  it('breaks a stream that is used across a partition, on both sides', () => {
    const world = harness();
    const { from } = connect(world);
    world.links.partition([[world.a.host.address.ip], [world.b.host.address.ip]]);
    world.network.write(world.a.host, from, Uint8Array.of(1));
    world.settle();
    for (const machine of [world.a, world.b]) {
      expect(machine.inputs.at(-1)?.input).toMatchObject({ kind: 'stream-closed', error: 'ETIMEDOUT' });
    }
    expect(world.b.kinds()).not.toContain('stream-data');
  });

  it('brings nothing more of a stream of which something got lost, though the partition heals before it breaks', () => {
    const world = harness();
    const { from, at } = connect(world);
    world.links.partition([[world.a.host.address.ip], [world.b.host.address.ip]]);
    world.network.write(world.a.host, from, Uint8Array.of(1));
    world.settle(1_000);
    world.links.heal();
    world.network.write(world.a.host, from, Uint8Array.of(2));
    world.network.write(world.b.host, at, Uint8Array.of(3));
    world.settle();
    // The other way nothing was lost.
    expect(world.a.kinds()).toEqual(['stream-opened', 'stream-data', 'stream-closed']);
    expect(world.b.kinds()).toEqual(['stream-opened', 'stream-closed']);
    expect(world.b.inputs.at(-1)?.input).toMatchObject({ error: 'ETIMEDOUT' });
  });

  it('tells the other side when a machine dies, and brings it nothing more', () => {
    const world = harness();
    const { at } = connect(world);
    world.network.detach(world.a.host);
    world.network.write(world.b.host, at, Uint8Array.of(1));
    world.network.sendDatagram(world.b.host, world.a.host.address, Uint8Array.of(2));
    world.settle();
    expect(world.b.kinds().at(-1)).toBe('stream-closed');
    expect(world.a.kinds()).toEqual(['stream-opened']);
  });

  it('carries datagrams, except across a partition', () => {
    const world = harness();
    world.network.sendDatagram(world.a.host, world.b.host.address, Uint8Array.of(1));
    world.settle();
    world.links.partition([[world.a.host.address.ip], [world.b.host.address.ip]]);
    world.network.sendDatagram(world.a.host, world.b.host.address, Uint8Array.of(2));
    world.settle();
    expect(world.b.inputs.map(({ input }) => input)).toEqual([
      { kind: 'datagram', from: world.a.host.address, data: Uint8Array.of(1) },
    ]);
  });

  it('leaves streams half open when a machine loses its power: a write is answered by nothing, for a quarter of an hour', () => {
    const world = harness();
    const { at } = connect(world);
    world.network.unplug(world.a.host);
    world.settle(3_600_000);
    expect(world.b.kinds()).toEqual(['stream-opened']);
    world.network.write(world.b.host, at, Uint8Array.of(1));
    world.settle(900_000);
    expect(world.b.kinds()).toEqual(['stream-opened']);
    world.settle(60_000);
    expect(world.b.inputs.at(-1)?.input).toMatchObject({ kind: 'stream-closed', error: 'ETIMEDOUT' });
  });

  it('resets a half-open stream that is used when the machine is back', () => {
    const world = harness();
    const { at } = connect(world);
    world.network.unplug(world.a.host);
    world.network.attach(world.a.host);
    world.network.write(world.b.host, at, Uint8Array.of(1));
    world.settle(1_000);
    expect(world.b.inputs.at(-1)?.input).toMatchObject({ kind: 'stream-closed', error: 'ECONNRESET' });
    expect(world.a.kinds()).toEqual(['stream-opened']);
  });

  it('keeps streams in order where datagrams overtake each other', () => {
    const world = harness({ latency: { kind: 'constant', ms: 1_000 }, jitter: 1 });
    world.network.dial(world.a.host, 1, world.b.host.address, 60_000);
    world.settle();
    const bytes = Array.from({ length: 50 }, (_, i) => i);
    for (const byte of bytes) {
      world.network.write(world.a.host, 1, Uint8Array.of(byte));
      world.network.sendDatagram(world.a.host, world.b.host.address, Uint8Array.of(byte));
    }
    world.settle();
    const got = (kind: 'stream-data' | 'datagram'): number[] =>
      world.b.inputs.flatMap(({ input }) => (input.kind === kind ? [...input.data] : []));
    expect(got('stream-data')).toEqual(bytes);
    expect(got('datagram')).not.toEqual(bytes);
    expect(got('datagram').sort((a, b) => a - b)).toEqual(bytes);
  });

  it('takes the time that bytes need at the slower of both ends, and brings them in order', () => {
    const world = harness({ bandwidth: { upBytesPerS: 1_000_000, downBytesPerS: 500_000 } });
    connect(world);
    world.network.write(world.a.host, 1, new Uint8Array(1_000_000));
    world.network.write(world.a.host, 1, new Uint8Array(1));
    world.settle();
    const [big, small] = world.b.inputs.slice(-2);
    // 1 s to leave, 10 ms to travel, 2 s to be received; headers add some percent.
    expect(big?.atMs).toBeGreaterThan(3_000);
    expect(big?.atMs).toBeLessThan(3_300);
    expect(small?.input).toMatchObject({ kind: 'stream-data', data: new Uint8Array(1) });
    expect((small?.atMs ?? 0) - (big?.atMs ?? 0)).toBeLessThan(1);
  });

  it('tells a writer that its stream is full, and when it has drained', () => {
    const world = harness();
    const { at } = connect(world);
    world.network.setPaused(world.b.host, at, true);
    for (let i = 0; i < 5; i++) world.network.write(world.a.host, 1, new Uint8Array(1024 * 1024));
    world.settle(1_000);
    expect(world.a.kinds()).toEqual(['stream-opened', 'stream-full']);
    world.network.setPaused(world.b.host, at, false);
    world.settle(1_000);
    expect(world.a.kinds()).toEqual(['stream-opened', 'stream-full', 'stream-drained']);
  });

  it.each(['full-cone', 'address-restricted', 'symmetric', 'firewalled'] as const)(
    'hides a machine behind %s: it is seen at the external port, answered there, and not to be dialed',
    (nat) => {
      const world = harness();
      const hidden = world.machine('22.0.0.1', nat);
      world.network.dial(world.a.host, 1, hidden.host.address, 1_000);
      world.network.sendDatagram(world.a.host, hidden.host.address, Uint8Array.of(1));
      world.settle();
      expect(world.a.inputs.map(({ input }) => input)).toEqual([{ kind: 'dial-failed', conn: 1, failure: 'timeout' }]);
      world.network.sendDatagram(hidden.host, world.b.host.address, Uint8Array.of(2));
      world.settle(100);
      const seen = world.b.inputs[0]?.input;
      if (seen?.kind !== 'datagram') throw new Error('the datagram must arrive');
      expect(seen.from.ip).toBe('22.0.0.1');
      world.network.sendDatagram(world.b.host, seen.from, Uint8Array.of(3));
      world.network.dial(hidden.host, 1, world.b.host.address, 1_000);
      world.settle(100);
      expect(hidden.kinds()).toEqual(['datagram', 'stream-opened']);
    },
  );
});
