import { describe, expect, it } from 'vitest';
import { toPublicKey } from '../../../../src/base/hex.js';
import { rlpSequence } from '../../../../src/codec/rlp-reader.js';
import { encodeRlp } from '../../../../src/codec/rlp-writer.js';
import { neighborItem, readNeighbor } from '../../../../src/wire/discv4/neighbor.js';
import { seededRandom } from '../../../support/seeded-random.js';

const key = seededRandom('neighbor').bytes(64);
const publicKey = toPublicKey(key);
const endpoint = { ip: '7.8.9.10', udpPort: 30303, tcpPort: 30304 };
const fields = [Uint8Array.of(7, 8, 9, 10), 30303, 30304, key];
const read = (raw: Uint8Array) => readNeighbor(rlpSequence(raw));

describe('a neighbour', () => {
  it('is the same object for the same bytes', () => {
    const raw = encodeRlp(fields);
    expect(read(raw)).toEqual({ publicKey, endpoint });
    expect(read(new Uint8Array(raw))).toBe(read(raw));
  });

  it('who moved is told of at its new address', () => {
    read(encodeRlp(fields));
    const moved = { publicKey, endpoint: { ...endpoint, udpPort: 1025 } };
    expect(read(neighborItem(moved))).toEqual(moved);
    expect(read(neighborItem({ publicKey, endpoint }))).toEqual({ publicKey, endpoint });
  });

  it.each([
    { name: 'with more behind it', item: [...fields, key] },
    {
      name: 'at an IPv4-mapped address',
      item: [Buffer.from(`${'00'.repeat(10)}ffff0708090a`, 'hex'), ...fields.slice(1)],
    },
  ])('$name is understood, but not told of like that', ({ item }) => {
    expect(read(encodeRlp(item))).toEqual({ publicKey, endpoint });
    expect(neighborItem({ publicKey, endpoint })).toEqual(encodeRlp(fields));
  });
});
