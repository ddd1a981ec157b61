import { describe, expect, it } from 'vitest';
import type { NetInput } from '../../../src/net/io.js';
import { createLinks } from '../../../src/sim/links.js';
import { createScheduler } from '../../../src/sim/scheduler.js';
import { createVirtualNetwork, type Endhost } from '../../../src/sim/virtual-network.js';

const DELAY_MS = 10;

function harness() {
  const scheduler = createScheduler(0);
  const links = createLinks({ latency: { kind: 'constant', ms: DELAY_MS }, datagramLoss: 0 }, 'test');
  const network = createVirtualNetwork(scheduler, links);
  const machine = (ip: string) => {
    const inputs: { atMs: number; input: NetInput }[] = [];
    const host: Endhost = {
      address: { ip, port: 30303 },
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
  return { scheduler, links, network, a: machine('20.0.0.1'), b: machine('21.0.0.1'), settle };
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

  it('refuses a dial to nobody, and lets one across a partition time out', () => {
    const world = harness();
    world.network.dial(world.a.host, 1, { ip: '99.0.0.1', port: 30303 }, 1_000);
    world.links.partition([[world.a.host.address.ip], [world.b.host.address.ip]]);
    world.network.dial(world.a.host, 3, world.b.host.address, 1_000);
    world.settle();
    expect(world.a.inputs.map(({ input }) => input)).toEqual([
      { kind: 'dial-failed', conn: 1, failure: 'refused' },
      { kind: 'dial-failed', conn: 3, failure: 'timeout' },
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
});

describe('links', () => {
  it('have one delay for both directions, from the seed alone', () => {
    const config = { latency: { kind: 'uniform', fromMs: 5, toMs: 500 }, datagramLoss: 0 } as const;
    const first = createLinks(config, 's');
    const again = createLinks(config, 's');
    // Asked for in another order, as nodes that come later would.
    again.delayMs('c', 'd');
    expect(first.delayMs('a', 'b')).toBe(first.delayMs('b', 'a'));
    expect(again.delayMs('a', 'b')).toBe(first.delayMs('a', 'b'));
    expect(first.delayMs('a', 'b')).toBeGreaterThanOrEqual(5);
    expect(first.delayMs('a', 'b')).toBeLessThanOrEqual(500);
  });

  it('lose about the share of datagrams that they are told to', () => {
    const links = createLinks({ latency: { kind: 'constant', ms: 1 }, datagramLoss: 0.25 }, 's');
    const lost = Array.from({ length: 4_000 }, () => links.losesDatagram()).filter(Boolean).length;
    expect(lost).toBeGreaterThan(850);
    expect(lost).toBeLessThan(1_150);
  });
});
