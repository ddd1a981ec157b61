import { describe, expect, it } from 'vitest';
import { connectionMatrix, matrixSentence } from '../../../../src/sim/report/connection-matrix.js';
import { layOutForks } from '../../../../src/sim/report/fork-layout.js';
import { forkSentence, forkTree } from '../../../../src/sim/report/fork-tree.js';
import { headCounts, headsSentence } from '../../../../src/sim/report/heads.js';
import { outcomesByRole } from '../../../../src/sim/report/outcomes.js';
import { propagationOf, propagationSentence } from '../../../../src/sim/report/propagation.js';
import { fillSpans } from '../../../../src/sim/report/table-fill.js';
import { chooseFrames, topology } from '../../../../src/sim/report/topology.js';
import { block, nodeAt, observation, sampleAt } from './observation.js';

const count = (text: string, part: string): number => text.split(part).length - 1;

describe('the lanes of a fork tree', () => {
  it.each([
    { name: 'one chain', blocks: [block('a', 'g', 1), block('b', 'a', 2)], head: 'b', lanes: { a: 0, b: 0 } },
    {
      name: 'a side block',
      blocks: [block('a', 'g', 1), block('b', 'a', 2), block('x', 'a', 2)],
      head: 'b',
      lanes: { a: 0, b: 0, x: -1 },
    },
    {
      name: 'two branches at one height',
      blocks: [block('a', 'g', 1), block('b', 'a', 2), block('x', 'a', 2), block('y', 'a', 2)],
      head: 'b',
      lanes: { a: 0, b: 0, x: -1, y: 1 },
    },
    {
      name: 'a branch that comes later takes the near lane again',
      blocks: ['a', 'b', 'c', 'd']
        .map((hash, i, all) => block(hash, all[i - 1] ?? 'g', i + 1))
        .concat([block('x', 'g', 1), block('y', 'c', 4)]),
      head: 'd',
      lanes: { a: 0, b: 0, c: 0, d: 0, x: -1, y: -1 },
    },
    {
      name: 'a branch of a branch',
      blocks: [block('a', 'g', 1), block('b', 'a', 2), block('x', 'g', 1), block('y', 'x', 2), block('z', 'x', 2)],
      head: 'b',
      lanes: { a: 0, b: 0, x: -1, y: -1, z: 1 },
    },
    { name: 'a head that nobody knows', blocks: [block('a', 'g', 1)], head: '', lanes: { a: -1 } },
  ])('$name', ({ blocks, head, lanes }) => {
    const placed = layOutForks(blocks, head);
    expect(Object.fromEntries(placed.map(({ block: { hash }, lane }) => [hash, lane]))).toEqual(lanes);
  });

  it('give the tree: lost blocks are hollow', () => {
    const tree = forkTree(observation());
    expect(count(tree, '<circle')).toBe(4);
    expect(count(tree, 'class="lostblock"')).toBe(1);
    expect(tree).toContain('block 2 x of n1, 0 transactions, first at 2 s, lost');
    expect(forkSentence(observation())).toBe(
      '4 blocks were mined, 1 of them are not on the chain that came out (hollow).',
    );
  });
});

describe('propagation', () => {
  it('counts from the first node on, and what never came', () => {
    const { blocks } = observation();
    expect(propagationOf(blocks, 3)).toEqual({ delaysMs: [40, 50, 100, 200], possible: 8 });
  });

  it.each([
    { name: 'all of it', blocks: observation().blocks, says: '50 % within 200 ms, 50.0 % never' },
    { name: 'nothing', blocks: [block('a', 'g', 1)], says: 'No block reached a second node.' },
    {
      name: 'a block first seen by one that is not tracked',
      blocks: [block('a', 'g', 1, { firstMs: 900 })],
      says: '50 % within 100 ms',
    },
  ])('in words: $name', ({ blocks, says }) => {
    expect(propagationSentence(observation({ blocks }))).toContain(says);
  });
});

describe('the moments of the network that are shown', () => {
  const samples = Array.from({ length: 40 }, (_, i) => sampleAt(i * 1000, [], i < 20 ? [] : [[0, 1]]));
  it.each([
    { name: 'none', samples: [], moments: [], frames: [] },
    { name: 'few', samples: samples.slice(0, 3), moments: [], frames: [0, 1, 2] },
  ])('$name', ({ samples: some, moments, frames }) => {
    expect(chooseFrames(some, moments)).toEqual(frames);
  });

  it('hold the last one, those before named moments, and the change', () => {
    const frames = chooseFrames(samples, [{ name: 'x', atMs: 5_500 }]);
    expect(frames).toHaveLength(6);
    expect(frames).toEqual(expect.arrayContaining([5, 20, 39]));
  });

  it('are drawn with each node and connection', () => {
    const html = topology(observation());
    expect(count(html, '<figure>')).toBe(3);
    expect(html).toContain('just before “split”: 2 connections');
    expect(count(html, 'class="absent"')).toBe(1);
    expect(html).not.toContain('n<2>');
  });
});

describe('tables by distance', () => {
  const filled = (atMs: number, mean: number) => ({
    ...sampleAt(atMs, []),
    tableFill: [...new Array<number>(16).fill(0), mean],
  });
  it('are drawn as spans of one fill', () => {
    expect(fillSpans([filled(0, 0), filled(1000, 2), filled(2000, 2.04), filled(3000, 5)])).toEqual([
      { bucket: 16, mean: 2, fromMs: 0, toMs: 2000 },
      { bucket: 16, mean: 5, fromMs: 2000, toMs: 3000 },
    ]);
  });
});

describe('connections', () => {
  it('are a cell for each pair', () => {
    const matrix = connectionMatrix(observation());
    expect(count(matrix, '<rect')).toBe(9);
    expect(count(matrix, 'class="empty"')).toBe(5);
    expect(matrix).toContain('n0 and n1: 100 %');
    expect(matrixSentence(observation())).toContain('two nodes');
  });

  it('are groups where nodes are many', () => {
    const nodes = Array.from({ length: 30 }, (_, i) => ({ name: `n${i}`, role: 'node' }));
    expect(connectionMatrix(observation({ nodes }))).toContain('n0–n9 and n10–n19: 100 %');
    expect(matrixSentence(observation({ nodes }))).toContain('two groups of 10 nodes');
  });
});

describe('heads', () => {
  it('are counted among the nodes that run', () => {
    expect(headCounts(observation())).toEqual([
      [1000, 1],
      [2000, 2],
      [3000, 1],
    ]);
    expect(headsSentence(observation())).toContain(
      'one in 67 % of the samples, 2 at most, and at the end all have the same',
    );
  });
});

describe('outcomes', () => {
  it('tell each class apart', () => {
    const samples = [sampleAt(1000, [nodeAt(9), nodeAt(7, { inbound: 5, bans: 1 }), nodeAt(0, { running: false })])];
    const [miner, node] = outcomesByRole(observation({ samples }));
    expect(miner).toMatchObject({
      role: 'miner',
      nodes: 1,
      running: 1,
      mined: 3,
      kept: 3,
      bans: 0,
      behind: { most: 0 },
    });
    expect(node).toMatchObject({ role: 'node', nodes: 2, running: 1, mined: 1, kept: 0, bans: 1 });
    expect(node).toMatchObject({ peers: { least: 7, median: 7, most: 7 }, behind: { least: 2, median: 2, most: 2 } });
  });
});
