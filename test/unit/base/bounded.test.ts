import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap, BoundedSet, TtlMap } from '../../../src/base/bounded.js';
import { InvariantError } from '../../../src/base/invariant.js';

describe('BoundedMap', () => {
  it('evicts the entry least recently set or got', () => {
    const map = new BoundedMap<string, number>(2);
    expect(map.set('a', 1)).toBeUndefined();
    expect(map.set('b', 2)).toBeUndefined();
    expect(map.get('a')).toBe(1);
    expect(map.set('c', 3)).toEqual(['b', 2]);
    expect([...map.keys()]).toEqual(['a', 'c']);
  });

  it('does not refresh on has or peek', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.has('a')).toBe(true);
    expect(map.peek('a')).toBe(1);
    expect(map.set('c', 3)).toEqual(['a', 1]);
  });

  it('replaces without evicting', () => {
    const map = new BoundedMap<string, number>(1);
    map.set('a', 1);
    expect(map.set('a', 2)).toBeUndefined();
    expect([...map]).toEqual([['a', 2]]);
    expect([...map.values()]).toEqual([2]);
  });

  it('forgets what is deleted', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    expect(map.delete('a')).toBe(true);
    expect(map.delete('a')).toBe(false);
    map.set('b', 2);
    map.clear();
    expect(map.size).toBe(0);
    expect(map.get('b')).toBeUndefined();
  });

  it('never holds more than its capacity, and holds the latest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(20)), (capacity, keys) => {
        const map = new BoundedMap<number, number>(capacity);
        for (const key of keys) map.set(key, key);
        const latest = [...new Set(keys.toReversed())].slice(0, capacity);
        expect([...map.keys()].toReversed()).toEqual(latest);
      }),
    );
  });

  it('is what a list in order of use is, whatever is done to it', () => {
    const step = fc.tuple(fc.constantFrom('set', 'set', 'set', 'get', 'delete', 'clear'), fc.nat(9));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const map = new BoundedMap<number, number>(capacity);
        const set = new BoundedSet<number>(capacity);
        let used: number[] = [];
        let added: number[] = [];
        for (const [kind, key] of steps) {
          if (kind === 'clear') {
            map.clear();
            used = [];
          } else if (kind === 'delete') {
            expect(map.delete(key)).toBe(used.includes(key));
            set.delete(key);
            used = used.filter((other) => other !== key);
            added = added.filter((other) => other !== key);
          } else if (kind === 'get') {
            if (map.get(key) !== undefined) used = [...used.filter((other) => other !== key), key];
          } else {
            const before = used;
            used = [...used.filter((other) => other !== key), key];
            const evicted = used.length > capacity ? before[0] : undefined;
            if (evicted !== undefined) used = used.slice(1);
            expect(map.set(key, key)?.[0]).toBe(evicted);
            if (!added.includes(key)) added = [...added, key].slice(-capacity);
            set.add(key);
          }
          expect([...map.keys()]).toEqual(used);
          expect([...set.values()]).toEqual(added);
        }
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('has no capacity of %d', (capacity) => {
    expect(() => new BoundedMap(capacity)).toThrow(InvariantError);
    expect(() => new BoundedSet(capacity)).toThrow(InvariantError);
  });
});

describe('BoundedSet', () => {
  it('evicts the key added longest ago; adding again does not refresh', () => {
    const set = new BoundedSet<string>(2);
    expect([set.add('a'), set.add('b'), set.add('a'), set.add('c')]).toEqual([true, true, false, true]);
    expect([...set.values()]).toEqual(['b', 'c']);
    expect(set.has('a')).toBe(false);
    expect(set.size).toBe(2);
    expect(set.delete('b')).toBe(true);
    expect(set.size).toBe(1);
  });
});

describe('TtlMap', () => {
  it('hides an entry from its deadline on', () => {
    const map = new TtlMap<string, number>(4);
    map.set('a', 1, 100);
    expect(map.get('a', 99)).toBe(1);
    expect(map.has('a', 99)).toBe(true);
    expect(map.get('a', 100)).toBeUndefined();
    expect(map.has('a', 100)).toBe(false);
  });

  it('prunes what expired and tells when the next will', () => {
    const map = new TtlMap<string, number>(4);
    map.set('a', 1, 100);
    map.set('b', 2, 50);
    map.set('c', 3, 200);
    expect(map.nextExpiryMs()).toBe(50);
    expect(map.prune(100)).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(map.size).toBe(1);
    expect(map.nextExpiryMs()).toBe(200);
    map.delete('c');
    expect(map.nextExpiryMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives the place of the oldest to a new key', () => {
    const map = new TtlMap<string, number>(2);
    map.set('a', 1, 1000);
    map.set('b', 2, 1000);
    map.get('a', 0);
    map.set('c', 3, 1000);
    expect(map.has('a', 0)).toBe(false);
    expect(map.has('b', 0)).toBe(true);
  });
});
