import { describe, expect, it } from 'vitest';
import { progressLine } from '../../../cmd/grapevine/sim/progress.js';
import { replayCommand } from '../../../cmd/grapevine/sim/replay.js';
import { runSpecOf, virtualTime } from '../../../cmd/grapevine/sim/run-options.js';
import { parseSeeds } from '../../../cmd/grapevine/sim/seeds.js';

describe('seeds', () => {
  it.each([
    { text: '7', seeds: ['7'] },
    { text: '1..4', seeds: ['1', '2', '3', '4'] },
    { text: '5..5', seeds: ['5'] },
    { text: '1,5, 9', seeds: ['1', '5', '9'] },
    { text: '1..3,2,a', seeds: ['1', '2', '3', 'a'] },
    { text: 'ci', seeds: ['ci'] },
    { text: '1..x', seeds: ['1..x'] },
  ])('of "$text"', ({ text, seeds }) => {
    expect(parseSeeds(text)).toEqual(seeds);
  });

  it.each(['', '1,,2', '4..1', '1..10001', '1..999999999999', '9007199254740992..9007199254740993'])(
    'are refused: "%s"',
    (text) => {
      expect(() => parseSeeds(text)).toThrow();
    },
  );
});

describe('a virtual time', () => {
  it.each([
    { text: '2500', ms: 2500 },
    { text: '2500ms', ms: 2500 },
    { text: '2.5s', ms: 2500 },
    { text: '16.1s', ms: 16_100 },
    { text: '1000.2', ms: 1001 },
    { text: '1.0002s', ms: 1001 },
  ])('of $text', ({ text, ms }) => {
    expect(virtualTime(text)).toBe(ms);
  });

  it.each(['', 's', '-1', '1m', 'soon'])('is refused: "%s"', (text) => {
    expect(() => virtualTime(text)).toThrow();
  });
});

describe('a run', () => {
  const options = { seed: '1', exact: false, scale: false, json: false, set: [] };
  it.each([
    { name: 'partition', more: { nodes: 4 } },
    { name: 'exact-20', more: { nodes: 5 } },
    { name: 'churn', more: { nodes: 4 } },
    { name: 'nat', more: { nodes: 4 } },
    { name: 'discovery', more: { nodes: 2 } },
    { name: 'slot-siege', more: { set: ['machines=254'] } },
    { name: 'slot-siege', more: { set: ['machines=255', 'subnets=2'] } },
  ])('of $name with $more', ({ name, more }) => {
    expect(runSpecOf(name, { ...options, ...more })).toMatchObject({ name });
  });

  it.each([
    { name: 'partition', more: { nodes: 3 }, says: 'partition needs 4 nodes at least' },
    // Nobody would come and go, and nobody would be behind NAT.
    { name: 'churn', more: { nodes: 3 }, says: 'churn needs 4 nodes at least' },
    { name: 'nat', more: { nodes: 3 }, says: 'nat needs 4 nodes at least' },
    { name: 'clock-skew', more: { nodes: 3 }, says: 'clock-skew needs 4 nodes at least' },
    { name: 'mass-exit', more: { nodes: 3 }, says: 'mass-exit needs 4 nodes at least' },
    { name: 'flash-crowd', more: { nodes: 4 }, says: 'flash-crowd needs 5 nodes at least' },
    { name: 'exact-20', more: { nodes: 2 }, says: 'exact-20 needs 5 nodes at least' },
    {
      name: 'slot-siege',
      more: { set: ['machines=255'] },
      says: '255 machines are more than the 254 addresses of subnets=1: set subnets=2 or more',
    },
  ])('of $name with $more is refused', ({ name, more, says }) => {
    expect(() => runSpecOf(name, { ...options, ...more })).toThrow(says);
  });
});

describe('the progress line', () => {
  it.each([
    {
      name: 'with an end',
      atMs: 30_000,
      longestMs: 120_000,
      wallS: 15,
      line: /^30 of at most 120 virtual seconds, 2\.0 a second, 0:45 left$/,
    },
    { name: 'without', atMs: 30_000, longestMs: undefined, wallS: 1, line: /^30 virtual seconds, 30 a second$/ },
    {
      name: 'at the start',
      atMs: 0,
      longestMs: 120_000,
      wallS: 0,
      line: /^0 of at most 120 virtual seconds, 0\.0 a second$/,
    },
    { name: 'beyond the end', atMs: 9_000, longestMs: 5_000, wallS: 9, line: /, 0:00 left$/ },
  ])('$name', ({ atMs, longestMs, wallS, line }) => {
    expect(progressLine(atMs, longestMs, wallS)).toMatch(line);
  });
});

describe('the command that replays a run', () => {
  const spec = {
    name: 'split-heal',
    seed: '7',
    nodes: 8,
    fidelity: 'exact',
    settings: {},
    untilMs: undefined,
  } as const;
  it.each([
    { name: 'plain', spec, command: 'grapevine sim run split-heal --seed 7 --nodes 8' },
    {
      name: 'the other fidelity',
      spec: { ...spec, fidelity: 'scale' as const },
      command: 'grapevine sim run split-heal --seed 7 --nodes 8 --scale',
    },
    {
      name: 'all of it',
      spec: { ...spec, seed: "it's", settings: { depth: 3 }, untilMs: 1500 },
      command: `grapevine sim run split-heal --seed 'it'\\''s' --nodes 8 --set depth=3 --until 1500`,
    },
  ])('$name', ({ spec: one, command }) => {
    expect(replayCommand(one)).toBe(command);
  });
});
