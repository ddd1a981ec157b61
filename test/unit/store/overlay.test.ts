import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import { Overlay } from '../../../src/store/overlay.js';

const key = (n: number): Uint8Array => Uint8Array.of(n);

describe('Overlay', () => {
  it('reads through to its base', () => {
    const base = new MemoryKv();
    base.write([{ kind: 'put', key: key(1), value: key(5) }]);
    expect(new Overlay(base).get(key(1))).toEqual(key(5));
  });

  it('gives one write a key, the last one', () => {
    const overlay = new Overlay(new MemoryKv());
    overlay.put(key(1), key(1));
    overlay.put(key(1), key(2));
    overlay.del(key(2));
    const batch = overlay.takeBatch()?.map((write) => ({ ...write, key: new Uint8Array(write.key) }));
    expect(batch).toEqual([
      { kind: 'put', key: key(1), value: key(2) },
      { kind: 'del', key: key(2) },
    ]);
    expect(overlay.takeBatch()).toBeUndefined();
  });

  it('hides a deleted value of its base', () => {
    const base = new MemoryKv();
    base.write([{ kind: 'put', key: key(1), value: key(5) }]);
    const overlay = new Overlay(base);
    overlay.del(key(1));
    overlay.takeBatch();
    expect(overlay.get(key(1))).toBeUndefined();
  });

  it('reads as if every write were made at once, whatever was taken and written when', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), key: fc.nat(5), value: fc.nat(255) }),
      fc.record({ kind: fc.constant('del' as const), key: fc.nat(5) }),
      fc.record({ kind: fc.constant('take' as const) }),
      fc.record({ kind: fc.constant('written' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const base = new MemoryKv();
        const overlay = new Overlay(base);
        const model = new Map<number, number>();
        const underWay: ReturnType<Overlay['takeBatch']>[] = [];
        for (const s of steps) {
          if (s.kind === 'put') {
            overlay.put(key(s.key), key(s.value));
            model.set(s.key, s.value);
          } else if (s.kind === 'del') {
            overlay.del(key(s.key));
            model.delete(s.key);
          } else if (s.kind === 'take') {
            const batch = overlay.takeBatch();
            if (batch !== undefined) underWay.push(batch);
          } else {
            const batch = underWay.shift();
            if (batch !== undefined) {
              base.write(batch);
              overlay.markWritten();
            }
          }
          for (let k = 0; k <= 5; k++) expect(overlay.get(key(k))?.[0]).toBe(model.get(k));
          expect(overlay.batchesUnderWay).toBe(underWay.length);
        }
      }),
    );
  });
});
