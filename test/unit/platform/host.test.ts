import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeInput } from '../../../src/node/input.js';
import type { Node } from '../../../src/node/node.js';
import type { NodeOutput } from '../../../src/node/output.js';
import { createHost } from '../../../src/platform/host.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A node that records its steps and answers each with the outputs that `react` gives. */
function createWorld(react: (input: NodeInput) => NodeOutput[] = () => []) {
  const steps: { nowMs: number; input: NodeInput }[] = [];
  let outputs: NodeOutput[] = [];
  let wakeAtMs = Number.POSITIVE_INFINITY;
  const node = {
    step(nowMs: number, input: NodeInput) {
      steps.push({ nowMs, input });
      outputs.push(...react(input));
    },
    drain() {
      const drained = outputs;
      outputs = [];
      return drained;
    },
    nextWake: () => wakeAtMs,
  };
  const performed: NodeOutput[] = [];
  const host = createHost(node as unknown as Node, {
    tcp: { perform: (output: NodeOutput) => performed.push(output) } as never,
    udp: {
      send: (to: unknown, data: unknown) => performed.push({ kind: 'send-datagram', to, data } as never),
    } as never,
    jobs: {
      // The worst case: a job that is done before `start` returns.
      start: (job: number) => host.deliver({ kind: 'job-done', job, result: { kind: 'recovered' } }),
      cancel: () => undefined,
      settled: async () => undefined,
    },
    onEvent: () => undefined,
    onFatal: (output) => performed.push(output),
  });
  return {
    host,
    steps,
    performed,
    kinds: () => steps.map((step) => step.input.kind),
    wakeAt: (atMs: number) => {
      wakeAtMs = atMs;
    },
  };
}

const WAKE: NodeInput = { kind: 'wake' };

describe('the host', () => {
  it('never runs a step within a step', () => {
    const world = createWorld((input) =>
      input.kind === 'wake' ? [{ kind: 'start-job', id: 1, job: { kind: 'recover-senders', transactions: [] } }] : [],
    );
    world.host.deliver(WAKE);
    expect(world.kinds()).toEqual(['wake', 'job-done']);
  });

  it('hands each output to the part that carries it out', () => {
    const fatal: NodeOutput = { kind: 'fatal', reason: 'disk-full', message: 'full' };
    const close: NodeOutput = { kind: 'stream-close', conn: 1, abort: true };
    const datagram: NodeOutput = { kind: 'send-datagram', to: { ip: '127.0.0.1', port: 1 }, data: new Uint8Array(1) };
    const world = createWorld(() => [fatal, close, datagram]);
    world.host.deliver(WAKE);
    expect(world.performed).toEqual([fatal, close, datagram]);
  });

  it('wakes the node when it asked to be, and sooner if it changes its mind', () => {
    const world = createWorld();
    world.wakeAt(1_000_500);
    world.host.deliver(WAKE);
    world.wakeAt(1_000_200);
    world.host.execute(() => undefined);
    vi.advanceTimersByTime(199);
    expect(world.steps).toHaveLength(1);
    world.wakeAt(Number.POSITIVE_INFINITY);
    vi.advanceTimersByTime(1);
    expect(world.kinds()).toEqual(['wake', 'wake']);
    vi.advanceTimersByTime(1_000);
    expect(world.steps).toHaveLength(2);
  });

  it('survives a wake farther away than timers reach', () => {
    const world = createWorld();
    world.wakeAt(1_000_000 + 2 ** 40);
    world.host.deliver(WAKE);
    vi.advanceTimersByTime(1_000);
    expect(world.steps).toHaveLength(1);
  });

  it('has a clock that does not go back, but slows down until the system has caught up', () => {
    const world = createWorld();
    const times = (): number[] => world.steps.map((step) => step.nowMs);
    world.host.deliver(WAKE);
    vi.setSystemTime(995_000);
    world.host.deliver(WAKE);
    vi.advanceTimersByTime(4_000);
    world.host.deliver(WAKE);
    expect(times()).toEqual([1_000_000, 1_000_000, 1_002_000]);
    vi.advanceTimersByTime(8_000);
    world.host.deliver(WAKE);
    expect(times().at(-1)).toBe(1_007_000);
  });

  it('wakes in time while its clock is ahead of the system', () => {
    const world = createWorld();
    world.host.deliver(WAKE);
    vi.setSystemTime(900_000);
    world.wakeAt(1_001_000);
    world.host.deliver(WAKE);
    world.wakeAt(1_001_000);
    vi.advanceTimersByTime(2_100);
    expect(world.steps.some((step) => step.nowMs >= 1_001_000)).toBe(true);
  });

  it('does nothing any more once halted', () => {
    const world = createWorld();
    world.wakeAt(1_000_500);
    world.host.deliver(WAKE);
    world.host.halt();
    vi.advanceTimersByTime(1_000);
    world.host.deliver(WAKE);
    expect(world.steps).toHaveLength(1);
  });

  it('steps on after a step that threw', () => {
    let broken = true;
    const world = createWorld(() => {
      if (broken) throw new Error('an invariant');
      return [];
    });
    expect(() => world.host.deliver(WAKE)).toThrow('an invariant');
    broken = false;
    world.host.deliver(WAKE);
    expect(world.steps).toHaveLength(2);
  });
});
