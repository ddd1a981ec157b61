import { BUCKET_COUNT } from '../../../../src/net/discovery/table.js';
import type { NodeSample, Observation, ObservedBlock, Sample } from '../../../../src/sim/observe/observation.js';

/** A node that runs at a head. */
export function nodeAt(headNumber: number, more: Partial<NodeSample> = {}): NodeSample {
  const quiet = { inbound: 1, outbound: 2, bans: 0, pooled: 0, bytesIn: 1000, bytesOut: 500 };
  return { running: true, headNumber, headHash: `0x${headNumber}`, ...quiet, ...more };
}

/** A block by name, mined by node 0 unless told otherwise. */
export function block(hash: string, parent: string, number: number, more: Partial<ObservedBlock> = {}): ObservedBlock {
  return {
    hash,
    parent,
    number,
    transactions: 0,
    miner: 0,
    firstMs: number * 1000,
    seen: [[0, number * 1000]],
    ...more,
  };
}

/** Some nodes at one time. */
export function sampleAt(atMs: number, nodes: readonly NodeSample[], edges: Sample['edges'] = []): Sample {
  return { atMs, nodes, edges, tableFill: new Array<number>(BUCKET_COUNT).fill(0) };
}

/** Three nodes, one of which mines; a fork of one block. */
export function observation(more: Partial<Observation> = {}): Observation {
  return {
    nodes: [
      { name: 'n0', role: 'miner' },
      { name: 'n1', role: 'node' },
      { name: 'n<2>', role: 'node' },
    ],
    ...{ tracked: [0, 1, 2], pictured: [0, 1, 2], moments: [{ name: 'split', atMs: 1500 }] },
    samples: [
      sampleAt(
        1000,
        [nodeAt(1), nodeAt(1), nodeAt(1)],
        [
          [0, 1],
          [0, 2],
        ],
      ),
      sampleAt(2000, [nodeAt(2), nodeAt(2), nodeAt(2, { headHash: '0x2b' })], [[0, 1]]),
      sampleAt(3000, [nodeAt(3), nodeAt(3), nodeAt(0, { running: false })], [[0, 1]]),
    ],
    blocks: [
      block('a', 'genesis', 1, {
        seen: [
          [0, 1000],
          [1, 1050],
          [2, 1100],
        ],
      }),
      block('b', 'a', 2, {
        seen: [
          [0, 2000],
          [1, 2200],
        ],
      }),
      block('x', 'a', 2, { miner: 1, seen: [[2, 2000]] }),
      block('c', 'b', 3, {
        seen: [
          [0, 3000],
          [1, 3040],
        ],
      }),
    ],
    finalHead: 'c',
    matrix: [
      [0, 1, 0.5],
      [1, 0, 0],
      [0.5, 0, 0],
    ],
    ...more,
  };
}
