import { describe, expect, it } from 'vitest';
import type { MeasuredRun } from '../../../cmd/grapevine/sim/messages.js';
import { figuresSection, withFigures } from '../../bench/support/scenario-doc.js';

const run = (name: string, pass: boolean, hops: number, nodes = 1000): MeasuredRun => ({
  result: {
    ...{ name, seed: '1', nodes, fidelity: 'scale', pass, failures: [], metrics: { hops } },
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
      '### a, 1,000 nodes: 2 of 3 seeds passed',
      '',
      expect.stringMatching(/^Fidelity: scale\. .* 40 s; .* 2,048 MiB, 2 /),
      '',
      '| figure | least | median | most |',
      '| --- | --: | --: | --: |',
      '| `hops` | 1 | 2 | 4 |',
    ]);
  });

  it('replace those of the same scenario and size, keep others, leave out what is no more, and are in order', () => {
    const of = (name: string, hops: number, nodes: number) => figuresSection([run(name, true, hops, nodes)], 1);
    const names = ['a', 'b'];
    let doc = withFigures(EMPTY, of('gone', 7, 10), ['gone']);
    for (const section of [of('b', 1, 1000), of('a', 2, 1000), of('b', 3, 1000), of('b', 4, 20)]) {
      doc = withFigures(doc, section, names);
    }
    const figures = [...doc.matchAll(/^### (.*):|`hops` \| (\d)/gm)].map(([, title, value]) => title ?? value);
    expect(figures).toEqual(['a, 1,000 nodes', '2', 'b, 20 nodes', '4', 'b, 1,000 nodes', '3']);
    expect([doc.startsWith('before\n'), doc.endsWith('\nafter\n')]).toEqual([true, true]);
  });

  it('need a place', () => {
    expect(() => withFigures('nothing', '', [])).toThrow('no section <!-- figures -->');
  });
});
