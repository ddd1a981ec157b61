import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BoundedMap, BoundedSet } from '../../../src/base/bounded.js';

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');
setFlagsFromString('--no-expose-gc');

const CAPACITY = 256;
const TURNS = 200_000;
/** Of one that keeps what was deleted it is over 10 MB. */
const MOST_GROWTH = 2 * 1024 * 1024;

/** Bytes that the heap grows by while `turn` runs so often. */
function growth(turn: (i: number) => void): number {
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < TURNS; i++) turn(i);
  gc();
  return process.memoryUsage().heapUsed - before;
}

/** A map that has evicted something once. */
function overflowed(): BoundedMap<number, number> {
  const map = new BoundedMap<number, number>(CAPACITY);
  for (let i = 0; i <= CAPACITY; i++) map.set(i, i);
  return map;
}

describe('memory, once something was evicted and nothing is any more', () => {
  const uses: [name: string, use: (map: BoundedMap<number, number>, i: number) => void][] = [
    ['get', (map) => map.get(CAPACITY)],
    ['set', (map, i) => map.set(CAPACITY, i)],
    ['set and delete', (map, i) => map.delete(i - 1) && map.set(i, i)],
    ['clear', (map, i) => (i % (CAPACITY - 1) === CAPACITY - 2 ? map.clear() : map.set(i % CAPACITY, i))],
  ];
  it.each(uses)('of a map does not grow by %s', (_, use) => {
    const map = overflowed();
    map.delete(CAPACITY - 1);
    map.set(-1, -1);
    expect(growth((i) => use(map, i))).toBeLessThan(MOST_GROWTH);
    expect(map.size).toBeLessThanOrEqual(CAPACITY);
  });

  it('of a set does not grow by add and delete', () => {
    const set = new BoundedSet<number>(CAPACITY);
    for (let i = 0; i <= CAPACITY; i++) set.add(-i);
    set.delete(-CAPACITY);
    const grown = growth((i) => {
      set.add(i + 1);
      set.delete(i + 1);
    });
    expect(grown).toBeLessThan(MOST_GROWTH);
    expect(set.size).toBe(CAPACITY - 1);
  });
});
