import { describe, expect, it } from 'vitest';
import { momentLines } from '../../../../src/sim/report/frame.js';
import { element, escaped } from '../../../../src/sim/report/markup.js';
import { type ReportInput, renderReport } from '../../../../src/sim/report/page.js';
import {
  bytesText,
  durationText,
  linearScale,
  logScale,
  powersOfTen,
  roundNumbers,
} from '../../../../src/sim/report/scale.js';
import type { ScenarioResult } from '../../../../src/sim/scenario.js';
import { observation } from './observation.js';

const RESULT: ScenarioResult = {
  ...{
    name: 'story',
    seed: '<7>',
    nodes: 3,
    fidelity: 'scale',
    pass: true,
    failures: [],
    metrics: { healMs: 1500, finalHeight: 3 },
  },
  ...{ events: 12_345, virtualMs: 3000, nodeSeconds: 9, digest: 'd'.repeat(64) },
};
const INPUT: ReportInput = {
  summary: 'a story',
  result: RESULT,
  ending: { kind: 'finished' },
  observation: observation(),
  replay: 'grapevine sim run story',
};

describe('scales', () => {
  it('map values to lengths', () => {
    expect(linearScale([0, 10], [100, 200])(2.5)).toBe(125);
    expect(linearScale([3, 3], [0, 1])(3)).toBe(0);
    const log = logScale([10, 1000], [0, 100]);
    expect([1, 10, 100, 1000].map(log)).toEqual([0, 0, 50, 100]);
  });

  it.each([
    { domain: [0, 10], count: 5, numbers: [0, 2, 4, 6, 8, 10] },
    { domain: [0, 67], count: 4, numbers: [0, 20, 40, 60] },
    { domain: [0, 0.3], count: 3, numbers: [0, 0.1, 0.2, 0.3] },
    { domain: [5, 5], count: 3, numbers: [5] },
  ] as const)('have round numbers: $domain', ({ domain, count, numbers }) => {
    expect(roundNumbers(domain, count)).toEqual(numbers);
  });

  it('have powers of ten', () => {
    expect(powersOfTen([10, 5000])).toEqual([10, 100, 1000]);
    expect(powersOfTen([11, 99])).toEqual([]);
  });

  it('have units', () => {
    expect([0, 45, 1500, 45_000, 900_000].map(durationText)).toEqual(['0', '45 ms', '1.5 s', '45 s', '15 min']);
    expect([12, 1234, 5_600_000].map(bytesText)).toEqual(['12 B', '1.2 kB', '5.6 MB']);
  });
});

describe('markup', () => {
  it('is escaped and short', () => {
    expect(element('a', { href: '"<&', x: 1.23456, y: undefined }, 'b')).toBe(
      '<a href="&quot;&lt;&amp;" x="1.23">b</a>',
    );
    expect(escaped('<&>"')).toBe('&lt;&amp;&gt;&quot;');
  });

  it.each([
    { name: 'to the right', moments: [{ name: 'ab', atMs: 0 }], anchors: ['start'] },
    { name: 'to the left at the edge', moments: [{ name: 'ab', atMs: 95 }], anchors: ['end'] },
    {
      name: 'to the left of a close next one',
      moments: [
        { name: 'abc', atMs: 50 },
        { name: 'd', atMs: 60 },
      ],
      anchors: ['end', 'start'],
    },
    {
      name: 'nowhere between two',
      moments: [
        { name: 'abc', atMs: 10 },
        { name: 'abcdef', atMs: 40 },
        { name: 'x', atMs: 45 },
      ],
      anchors: ['start', undefined, 'start'],
    },
  ])('puts the name of a moment $name', ({ moments, anchors }) => {
    const lines = momentLines(moments, (value) => value, 20, 100, 100);
    expect(lines.map((line) => /text-anchor="(\w+)"/.exec(line)?.[1])).toEqual(anchors);
  });
});

describe('a report', () => {
  it('says what was run, how it ended and how to see it again', () => {
    const page = renderReport(INPUT);
    for (const text of [
      'story',
      '&lt;7&gt;',
      'passed',
      '12,345',
      'final height',
      '1.5 s',
      RESULT.digest,
      INPUT.replay,
    ]) {
      expect(page).toContain(text);
    }
    expect(page).not.toContain('<7>');
  });

  it('needs nothing else', () => {
    const page = renderReport(INPUT);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each([
    {
      name: 'a failure',
      input: { ...INPUT, result: { ...RESULT, pass: false, failures: ['a <b> c'] } },
      has: ['>failed<', 'a &lt;b&gt; c'],
    },
    {
      name: 'a run cut short',
      input: { ...INPUT, ending: { kind: 'cut' as const, atMs: 5, events: 1 } },
      has: ['cut short'],
    },
  ])('tells of $name', ({ input, has }) => {
    for (const text of has) expect(renderReport(input)).toContain(text);
  });

  it.each([
    { name: 'without blocks', without: observation({ blocks: [], finalHead: '' }) },
    { name: 'without samples', without: observation({ samples: [] }) },
    {
      name: 'without nodes',
      without: observation({ nodes: [], tracked: [], pictured: [], samples: [], blocks: [], matrix: [] }),
    },
  ])('is whole $name', ({ without }) => {
    const page = renderReport({ ...INPUT, observation: without });
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page.includes('Fork tree')).toBe(without.blocks.length > 0);
  });
});
