import { describe, expect, it } from 'vitest';
import type { MeasuredRun } from '../../../cmd/grapevine/sim/messages.js';
import { seedsTable, spreads } from '../../../cmd/grapevine/sim/seeds-table.js';

function run(seed: string, pass: boolean, metrics: Record<string, number>): MeasuredRun {
  const digest = seed.repeat(64);
  return {
    result: {
      ...{
        name: 'x',
        seed,
        nodes: 2,
        fidelity: 'scale',
        pass,
        failures: [],
        metrics,
        events: 1,
        virtualMs: 1,
        nodeSeconds: 1,
      },
      digest,
    },
    ending: { kind: 'finished' },
    speed: { wallS: 1.25, cpuS: 1, nodeSecondsPerS: 1, eventsPerS: 1, peakRssMiB: 1 },
    observation: undefined,
  };
}

describe('several seeds', () => {
  const runs = [
    run('1', true, { height: 3, lag: 0.12345 }),
    run('2', false, {}),
    run('3', true, { height: 8, lag: 1 }),
  ];

  it('are told line by line, with the spread of each metric', () => {
    expect(
      seedsTable(runs)
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['SEED', 'RESULT', 'DIGEST', 'TIME', 'height', 'lag'],
      ['1', 'passed', '111111111111', '1.3 s', '3', '0.123'],
      ['2', 'FAILED', '222222222222', '1.3 s', '-', '-'],
      ['3', 'passed', '333333333333', '1.3 s', '8', '1'],
      ['min', '3', '0.123'],
      ['median', '5.5', '0.562'],
      ['max', '8', '1'],
    ]);
  });

  it('are summed up over the runs that have the metric', () => {
    expect(spreads(runs).height).toEqual({ min: 3, median: 5.5, max: 8 });
    expect(spreads([])).toEqual({});
  });
});
