import { describe, expect, it } from 'vitest';
import type { KvBatch, KvReader } from '../../src/ports/kv.js';

/** A store that the suite can drive, whatever it is made of. */
export interface KvUnderTest {
  readonly reader: KvReader;
  write(batch: KvBatch): Promise<void>;
  readAll(prefix: Uint8Array, limit: number): Promise<readonly (readonly [Uint8Array, Uint8Array])[]>;
  close(): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const put = (key: Uint8Array, value: Uint8Array) => ({ kind: 'put', key, value }) as const;
const del = (key: Uint8Array) => ({ kind: 'del', key }) as const;
const plain = (value: Uint8Array | undefined): number[] | undefined => (value === undefined ? undefined : [...value]);

/** What every key-value store must do; `open` gives a fresh, empty one. */
export function describeKv(name: string, open: () => Promise<KvUnderTest>): void {
  const cases: readonly { name: string; batches: KvBatch[]; expected: [Uint8Array, number[] | undefined][] }[] = [
    { name: 'knows nothing at first', batches: [], expected: [[bytes(1), undefined]] },
    { name: 'returns what was put', batches: [[put(bytes(1), bytes(9, 8))]], expected: [[bytes(1), [9, 8]]] },
    { name: 'keeps an empty value apart from none', batches: [[put(bytes(1), bytes())]], expected: [[bytes(1), []]] },
    {
      name: 'forgets what was deleted',
      batches: [[put(bytes(1), bytes(1))], [del(bytes(1))]],
      expected: [[bytes(1), undefined]],
    },
    { name: 'deletes what is not there', batches: [[del(bytes(7))]], expected: [[bytes(7), undefined]] },
    {
      name: 'applies a batch in order',
      batches: [
        [put(bytes(1), bytes(1)), del(bytes(1)), put(bytes(1), bytes(2)), put(bytes(2), bytes(3)), del(bytes(2))],
      ],
      expected: [
        [bytes(1), [2]],
        [bytes(2), undefined],
      ],
    },
    {
      name: 'tells keys apart that share a prefix or hold zeros and high bytes',
      batches: [[put(bytes(1), bytes(1)), put(bytes(1, 0), bytes(2)), put(bytes(255, 128), bytes(3))]],
      expected: [
        [bytes(1), [1]],
        [bytes(1, 0), [2]],
        [bytes(255, 128), [3]],
        [bytes(255), undefined],
      ],
    },
  ];

  describe(name, () => {
    it.each(cases)('$name', async ({ batches, expected }) => {
      const kv = await open();
      for (const batch of batches) await kv.write(batch);
      for (const [key, value] of expected) expect(plain(kv.reader.get(key))).toEqual(value);
      await kv.close();
    });

    it('reads all of a prefix in key order, up to a limit', async () => {
      const kv = await open();
      const keys = [bytes(2, 1), bytes(1, 255), bytes(2), bytes(3), bytes(2, 0, 5), bytes(255, 1), bytes(255)];
      await kv.write(keys.map((key) => put(key, key)));
      const read = async (prefix: Uint8Array, limit: number) =>
        (await kv.readAll(prefix, limit)).map(([key, value]) => {
          expect(plain(value)).toEqual(plain(key));
          return plain(key);
        });
      expect(await read(bytes(2), 10)).toEqual([[2], [2, 0, 5], [2, 1]]);
      expect(await read(bytes(2), 2)).toEqual([[2], [2, 0, 5]]);
      expect(await read(bytes(255), 10)).toEqual([[255], [255, 1]]);
      expect(await read(bytes(), 100)).toHaveLength(keys.length);
      expect(await read(bytes(9), 10)).toEqual([]);
      await kv.close();
    });

    it('takes a batch as large as a full block', async () => {
      const kv = await open();
      const key = (i: number) => bytes(i >> 8, i & 255);
      await kv.write(Array.from({ length: 6000 }, (_, i) => put(key(i), new Uint8Array(300).fill(i))));
      expect(kv.reader.get(key(5999))?.[299]).toBe(5999 & 255);
      await kv.close();
    });
  });
}
