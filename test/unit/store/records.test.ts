import { describe, expect, it } from 'vitest';
import { toHash32 } from '../../../src/base/hex.js';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import { Overlay } from '../../../src/store/overlay.js';
import * as records from '../../../src/store/records.js';
import { hashKey, metaKey, numberKey, PREFIX } from '../../../src/store/schema.js';

const hash = (n: number) => toHash32(new Uint8Array(32).fill(n));
const empty = () => new Overlay(new MemoryKv());

describe('schema', () => {
  it('gives each family a prefix of its own', () => {
    expect(new Set(Object.values(PREFIX)).size).toBe(Object.keys(PREFIX).length);
  });

  it('sorts canonical keys by number', () => {
    const numbers = [0, 1, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER];
    const keys = numbers.map(numberKey);
    expect([...keys].reverse().sort(Buffer.compare)).toEqual(keys);
  });

  it('keeps keys of one hash in two families apart', () => {
    expect(hashKey('header', hash(1))).toHaveLength(33);
    expect(hashKey('header', hash(1))).not.toEqual(hashKey('body', hash(1)));
    expect(Buffer.from(metaKey('head')).toString()).toBe('mhead');
  });
});

describe('records', () => {
  it('reads nothing from an empty store', () => {
    const kv = empty();
    expect(records.readHead(kv)).toBeUndefined();
    expect(records.readCanonical(kv, 0)).toBeUndefined();
    expect(records.readTotalDifficulty(kv, hash(1))).toBeUndefined();
    expect(records.readTransactionPlace(kv, hash(1))).toBeUndefined();
  });

  it('gives back a block as it was written', () => {
    const kv = empty();
    const block = {
      hash: hash(1),
      headerRaw: Uint8Array.of(1),
      bodyRaw: Uint8Array.of(2),
      receiptsRaw: Uint8Array.of(3),
      totalDifficulty: 2n ** 200n + 7n,
    };
    records.writeBlock(kv, block);
    expect(records.readHeaderRaw(kv, hash(1))).toEqual(block.headerRaw);
    expect(records.readBodyRaw(kv, hash(1))).toEqual(block.bodyRaw);
    expect(records.readReceiptsRaw(kv, hash(1))).toEqual(block.receiptsRaw);
    expect(records.readTotalDifficulty(kv, hash(1))).toBe(block.totalDifficulty);
  });

  it('puts a block and its transactions into the canonical chain and takes them out', () => {
    const kv = empty();
    const number = 2 ** 40 + 3;
    records.writeCanonical(kv, number, hash(1), [hash(2), hash(3)]);
    records.writeHead(kv, hash(1));
    expect(records.readHead(kv)).toBe(hash(1));
    expect(records.readCanonical(kv, number)).toBe(hash(1));
    expect(records.readTransactionPlace(kv, hash(3))).toEqual({ number, index: 1 });
    records.removeCanonical(kv, number, [hash(2), hash(3)]);
    expect(records.readCanonical(kv, number)).toBeUndefined();
    expect(records.readTransactionPlace(kv, hash(3))).toBeUndefined();
  });

  it('does not read a damaged record as a value', () => {
    const kv = empty();
    kv.put(metaKey('head'), Uint8Array.of(1, 2));
    kv.put(hashKey('transaction', hash(1)), Uint8Array.of(1));
    expect(records.readHead(kv)).toBeUndefined();
    expect(records.readTransactionPlace(kv, hash(1))).toBeUndefined();
  });
});
