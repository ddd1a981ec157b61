import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScenarioResult } from '../../../src/sim/scenario.js';
import { type Attempt, failureOf, type RunFailure, type Shrunk, shrinkSteps } from '../../../src/sim/shrink.js';

const EVERY_MS = 1_000;

/** A scenario that fails from a time and a number of nodes on. Like a watch, it looks each second, and at the end of a prefix. */
function fake(failsFromMs: number, failsFromNodes: number, lengthMs = 100_000) {
  return ({ nodes, untilMs = lengthMs }: Attempt): RunFailure | undefined => {
    const atMs = Math.min(Math.ceil(failsFromMs / EVERY_MS) * EVERY_MS, untilMs);
    if (nodes < failsFromNodes || atMs < failsFromMs) return undefined;
    return { key: 'broken', atMs, inPrefix: true };
  };
}

function search(run: (attempt: Attempt) => RunFailure | undefined, nodes: number, untilMs?: number) {
  const plan = { first: { nodes, untilMs }, leastNodes: 2, precisionMs: 1, everyMs: () => EVERY_MS };
  const steps = shrinkSteps(plan);
  const tried: Attempt[] = [];
  let step = steps.next();
  while (step.done !== true) {
    tried.push(step.value);
    step = steps.next(run(step.value));
  }
  return { shrunk: step.value as Shrunk | undefined, tried };
}

describe('shrinking', () => {
  it('finds the least nodes and the shortest prefix of a run that fails from some of both on', () => {
    const cases = fc.record({
      nodes: fc.integer({ min: 2, max: 2_000 }),
      fromNodes: fc.integer({ min: 1, max: 2_000 }),
      fromMs: fc.integer({ min: 1, max: 100_000 }),
    });
    fc.assert(
      fc.property(cases, ({ nodes, fromNodes, fromMs }) => {
        const { shrunk, tried } = search(fake(fromMs, fromNodes), nodes);
        if (fromNodes > nodes) expect(shrunk).toBeUndefined();
        else expect(shrunk).toMatchObject({ nodes: Math.max(2, fromNodes), untilMs: fromMs });
        expect(tried.length).toBeLessThanOrEqual(1 + Math.ceil(Math.log2(2_000)) + Math.ceil(Math.log2(EVERY_MS)) + 1);
      }),
    );
  });

  it('keeps to the failure it began with', () => {
    const run = (attempt: Attempt): RunFailure | undefined =>
      attempt.nodes < 6 ? { key: 'another', atMs: 500, inPrefix: true } : fake(40_000, 6)(attempt);
    expect(search(run, 20).shrunk).toMatchObject({ nodes: 6, untilMs: 40_000, failure: { key: 'broken' } });
  });

  it('looks for fewer nodes only where a bar was missed in the end', () => {
    const run = ({ nodes }: Attempt): RunFailure | undefined =>
      nodes < 5 ? undefined : { key: 'late', atMs: 9_000, inPrefix: false };
    const { shrunk, tried } = search(run, 64);
    expect(shrunk).toMatchObject({ nodes: 5, untilMs: undefined });
    expect(tried.every(({ untilMs }) => untilMs === undefined)).toBe(true);
  });

  it.each([
    { name: 'a crash in an event', atMs: 40_000.25, untilMs: undefined, foundMs: 40_001 },
    { name: 'a crash between two runs', atMs: 40_000, untilMs: undefined, foundMs: 40_001 },
    { name: 'a crash at the end of the prefix', atMs: 40_000, untilMs: 40_000, foundMs: 40_000 },
  ])('knows the time of $name, and looks for fewer nodes alone', ({ atMs, untilMs, foundMs }) => {
    const run = ({ nodes }: Attempt): RunFailure | undefined =>
      nodes < 5 ? undefined : { key: 'crash', atMs, inPrefix: true, byItself: true };
    const { shrunk, tried } = search(run, 64, untilMs);
    expect(shrunk).toMatchObject({ nodes: 5, untilMs: foundMs });
    expect(tried.every((attempt) => attempt.untilMs === untilMs)).toBe(true);
  });

  it('stays within the prefix that it was given', () => {
    const { tried } = search(fake(3_500, 3), 10, 7_000);
    expect(Math.max(...tried.map(({ untilMs }) => untilMs ?? Number.POSITIVE_INFINITY))).toBe(7_000);
  });
});

describe('a failure', () => {
  const result: ScenarioResult = {
    ...{
      name: 'x',
      seed: '1',
      nodes: 2,
      fidelity: 'scale',
      pass: false,
      failures: ['12 nodes of 3.5 s', 'b'],
      metrics: {},
    },
    ...{ events: 1, virtualMs: 77, nodeSeconds: 1, digest: '' },
  };
  it.each([
    {
      name: 'passed',
      outcome: { result: { ...result, pass: true }, ending: { kind: 'finished' } },
      failure: undefined,
    },
    {
      name: 'missed its bar',
      outcome: { result, ending: { kind: 'finished' } },
      failure: { key: '# nodes of # s; b', atMs: 77, inPrefix: false },
    },
    {
      name: 'broke an invariant',
      outcome: { result, ending: { kind: 'violation', invariant: 'supply', detail: '5 wei', atMs: 50, events: 3 } },
      failure: { key: 'supply', atMs: 50, inPrefix: true },
    },
    {
      name: 'crashed',
      outcome: {
        result,
        ending: { kind: 'crash', message: 'n3: block 0xAb1 of 12', stack: 'at', atMs: 50.5, events: 3 },
      },
      failure: { key: 'crash: n#: block # of #', atMs: 50.5, inPrefix: true, byItself: true },
    },
  ] as const)('of a run that $name', ({ outcome, failure }) => {
    expect(failureOf(outcome)).toEqual(failure);
  });
});
