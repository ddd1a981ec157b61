import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../src/base/brand.js';
import type { NodeRecord } from '../../../../src/net/discovery/discovery.js';
import { Lookup, type LookupConfig, SINGLE_PATH } from '../../../../src/net/discovery/lookup.js';
import { compareDistance } from '../../../../src/types/distance.js';
import { nodeRecord } from '../../../support/node-records.js';

const self = nodeRecord('self').nodeId;
const target = nodeRecord('target').nodeId;
const universe = Array.from({ length: 200 }, (_, i) => nodeRecord(i));
const byDistance = [...universe].sort((a, b) => compareDistance(target, a.nodeId, b.nodeId));

/** What an honest node answers that knows every eighth node and those around the target. */
const answerOf = (node: NodeRecord): NodeRecord[] => {
  const rank = byDistance.indexOf(node);
  return byDistance.filter((_, i) => i < rank && (i % 8 === rank % 8 || rank - i < 4)).slice(0, 16);
};

/** Runs a lookup to its end; returns whom it asked, in order. */
function run(lookup: Lookup, answer: (node: NodeRecord) => readonly NodeRecord[] | undefined): NodeRecord[] {
  const asked: NodeRecord[] = [];
  while (!lookup.isDone()) {
    const batch: NodeRecord[] = [];
    for (let node = lookup.next(); node !== undefined; node = lookup.next()) batch.push(node);
    if (batch.length === 0) throw new Error('it waits for nobody and is not done');
    for (const node of batch) {
      asked.push(node);
      const nodes = answer(node);
      if (nodes === undefined) lookup.failed(node.nodeId);
      else lookup.answered(node.nodeId, nodes);
    }
  }
  return asked;
}

const start = (config: LookupConfig = SINGLE_PATH): Lookup =>
  new Lookup(self, target, byDistance.slice(150, 166), config);
const ids = (nodes: readonly NodeRecord[]): NodeId[] => nodes.map(({ nodeId }) => nodeId);

describe('lookup', () => {
  it('is done at once without anyone to ask', () => {
    const lookup = new Lookup(self, target, []);
    expect([lookup.next(), lookup.isDone(), lookup.closest()]).toEqual([undefined, true, []]);
  });

  it('keeps no more than alpha queries in flight', () => {
    const lookup = start();
    const first = [lookup.next(), lookup.next(), lookup.next(), lookup.next()];
    expect(first.map((node) => node !== undefined)).toEqual([true, true, true, false]);
    lookup.failed(first[0]?.nodeId ?? self);
    expect(lookup.next()).toBeDefined();
    expect(lookup.isDone()).toBe(false);
  });

  it('counts whom it asked, and how many led one to the next until the closest was found', () => {
    const [near, nearer, nearest] = [byDistance[100], byDistance[50], byDistance[0]] as [
      NodeRecord,
      NodeRecord,
      NodeRecord,
    ];
    const lookup = new Lookup(self, target, [near]);
    expect(lookup.effort()).toEqual({ hops: 0, queries: 0 });
    const named = new Map([
      [near, [nearer]],
      [nearer, [near, nearest]],
    ]);
    run(lookup, (node) => named.get(node) ?? []);
    expect(lookup.effort()).toEqual({ hops: 2, queries: 3 });
  });

  it.each([1, 3, 8])('reaches the closest nodes on %i paths', (paths) => {
    const lookup = start({ alpha: 3, k: 16, paths });
    const asked = run(lookup, answerOf);
    expect(ids(lookup.closest())).toEqual(ids(byDistance.slice(0, 16)));
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('finds the closest of those that answer', () => {
    const lookup = start();
    run(lookup, (node) => (byDistance.indexOf(node) % 3 === 0 ? undefined : answerOf(node)));
    const alive = byDistance.filter((_, i) => i % 3 !== 0);
    expect(ids(lookup.closest()).slice(0, 8)).toEqual(ids(alive.slice(0, 8)));
  });

  it('never asks itself or anyone twice, and counts an answer once', () => {
    const lookup = start();
    const node = lookup.next() as NodeRecord;
    lookup.answered(node.nodeId, [{ ...nodeRecord('me'), nodeId: self }, node]);
    lookup.answered(node.nodeId, byDistance.slice(0, 3));
    lookup.answered(nodeRecord('stranger').nodeId, byDistance.slice(0, 3));
    const asked = run(lookup, () => []);
    expect(asked).not.toContain(byDistance[0]);
    expect(ids(asked)).not.toContain(self);
    expect(asked).not.toContain(node);
  });

  it('ends although a liar makes up ever closer nodes', () => {
    let made = 0;
    const closer = (): NodeRecord => {
      const record = nodeRecord(`lie ${made}`);
      const near = BigInt(target) ^ (1n << BigInt(200 - Math.min(190, made++)));
      return { ...record, nodeId: `0x${near.toString(16).padStart(64, '0')}` as NodeId };
    };
    const asked = run(start(), () => [closer(), closer()]);
    expect(asked.length).toBeLessThanOrEqual(64);
  });

  it('asks nobody on two paths, so that one liar misleads one path only', () => {
    const config = { alpha: 1, k: 16, paths: 4 };
    const seeds = byDistance.slice(100, 116);
    const liar = seeds[0] as NodeRecord;
    const lookup = new Lookup(self, target, seeds, config);
    const lies = Array.from({ length: 16 }, (_, i) => nodeRecord(`lie ${i}`));
    run(lookup, (node) => (node === liar || lies.includes(node) ? lies : answerOf(node)));
    expect(ids(lookup.closest())[0]).toBe(byDistance[0]?.nodeId);
  });
});
