import { expect, it } from 'vitest';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import { describeKv } from '../../support/kv-suite.js';

for (const packed of [false, true]) {
  describeKv(packed ? 'MemoryKv, packed' : 'MemoryKv', async () => {
    const kv = new MemoryKv(packed);
    return {
      reader: kv,
      write: async (batch) => kv.write(batch),
      readAll: async (prefix, limit) => kv.readAll(prefix, limit),
      close: async () => undefined,
    };
  });
}

it('a copy does not follow its source', () => {
  const source = new MemoryKv();
  source.write([{ kind: 'put', key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
  const copy = MemoryKv.copyOf(source);
  source.write([{ kind: 'del', key: Uint8Array.of(1) }]);
  expect(copy.get(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
  expect(copy.size).toBe(1);
});
