import { describe, expect, it } from 'vitest';
import type { MeasuredRun } from '../../../cmd/grapevine/sim/messages.js';
import { figuresSection, withFigures } from '../../bench/support/scenario-doc.js';

const run = (name: string, pass: boolean, hops: number): MeasuredRun => ({
  result: {
    ...{ name, seed: '1', nodes: 1000, fidelity: 'scale', pass, failures: [], metrics: { hops } },
    ...{ events: 1, virtualMs: 1, nodeSeconds: 1, digest: '' },
  },
  ending: { kind: 'finished' },
  speed: { wallS: 10 * hops, cpuS: 1, nodeSecondsPerS: 1, eventsPerS: 1, peakRssMiB: 2048 },
  observation: undefined,
});
const EMPTY = 'before\n<!-- figures -->\n<!-- /figures -->\nafter\n';

describe('figures of scenarios', () => {
  it('tell how many seeds passed, and the spread of each figure', () => {
    expect(figuresSection([run('a', true, 1), run('a', false, 4), run('a', true, 2)], 2).split('\n')).toEqual([
      '### a: 2 of 3 seeds passed',
      '',
      expect.stringMatching(/^1,000 nodes, scale\. .* 40 s; .* 2,048 MiB, 2 /),
      '',
      '| figure | least | median | most |',
      '| --- | --: | --: | --: |',
      '| `hops` | 1 | 2 | 4 |',
    ]);
  });

  it('replace those of the same scenario, keep others, leave out what is no more, and are in order', () => {
    const of = (name: string, hops: number) => new Map([[name, figuresSection([run(name, true, hops)], 1)]]);
    const names = ['a', 'b'];
    let doc = withFigures(EMPTY, of('gone', 7), ['gone']);
    doc = withFigures(doc, of('b', 1), names);
    doc = withFigures(doc, of('a', 2), names);
    doc = withFigures(doc, of('b', 3), names);
    const figures = [...doc.matchAll(/^### (\w+)|`hops` \| (\d)/gm)].map(([, name, value]) => name ?? value);
    expect(figures).toEqual(['a', '2', 'b', '3']);
    expect([doc.startsWith('before\n'), doc.endsWith('\nafter\n')]).toEqual([true, true]);
    expect(withFigures(doc, new Map(), names)).toBe(doc);
  });

  it('need a place', () => {
    expect(() => withFigures('nothing', new Map(), [])).toThrow('no section <!-- figures -->');
  });
});
