import { expect, it } from 'vitest';
import { createSharing } from '../../../../src/sim/machines/shared-values.js';
import { MemoryKv } from '../../../../src/store/memory-kv.js';
import { describeKv } from '../../../support/kv-suite.js';

const KEY = Uint8Array.of(1);

describeKv('MemoryKv of a world', async () => {
  const sharing = createSharing();
  const kv = new MemoryKv(false, sharing);
  const other = new MemoryKv(false, sharing);
  return {
    reader: kv,
    write: async (batch) => {
      // Another node's store, which holds other values under the same keys.
      const changed = batch.map((write) => (write.kind === 'put' ? { ...write, value: Uint8Array.of(0xff) } : write));
      other.write(changed);
      kv.write(batch);
    },
    readAll: async (prefix, limit) => kv.readAll(prefix, limit),
    close: async () => undefined,
  };
});

it('holds once what the stores of a world have in common, and apart what they have not', () => {
  const sharing = createSharing();
  const stores = [7, 7, 8].map((value) => {
    const kv = new MemoryKv(false, sharing);
    kv.write([{ kind: 'put', key: KEY, value: Uint8Array.of(value) }]);
    return kv;
  });
  const values = stores.map((kv) => kv.get(KEY));
  expect(values).toEqual([7, 7, 8].map((value) => Uint8Array.of(value)));
  expect(values[1]).toBe(values[0]);
});
