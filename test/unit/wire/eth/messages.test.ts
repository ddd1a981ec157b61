import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHash32 } from '../../../../src/base/hex.js';
import { DecodeError } from '../../../../src/codec/decode-error.js';
import { encodeRlp } from '../../../../src/codec/rlp-writer.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import { type GetBlockHeaders, getBlockHeaders } from '../../../../src/wire/eth/get-block-headers.js';
import { getNodeData } from '../../../../src/wire/eth/get-node-data.js';
import { getPooledTransactions } from '../../../../src/wire/eth/get-pooled-transactions.js';
import { getReceipts } from '../../../../src/wire/eth/get-receipts.js';
import { ethMessage } from '../../../../src/wire/eth/messages.js';
import { newBlock } from '../../../../src/wire/eth/new-block.js';
import { newBlockHashes } from '../../../../src/wire/eth/new-block-hashes.js';
import { newPooledTransactionHashes } from '../../../../src/wire/eth/new-pooled-transaction-hashes.js';
import { nodeData } from '../../../../src/wire/eth/node-data.js';
import { pooledTransactions } from '../../../../src/wire/eth/pooled-transactions.js';
import { ETH_LENGTHS, ETH_VERSIONS, EthCode } from '../../../../src/wire/eth/protocol.js';
import { receipts } from '../../../../src/wire/eth/receipts.js';
import { status } from '../../../../src/wire/eth/status.js';
import { transactions } from '../../../../src/wire/eth/transactions.js';
import type { MessageCodec } from '../../../../src/wire/message.js';
import { chainOf, GENESIS, transfer } from '../../../support/eth-chain.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hash = bytes32.map(toHash32);
const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const rlpItem = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }),
);
const items = fc.array(rlpItem.map(encodeRlp), { maxLength: 8 });
const legacyRaw = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }).map(encodeRlp);
const typedRaw = fc
  .tuple(fc.integer({ min: 1, max: 0x7f }), fc.uint8Array({ maxLength: 60 }))
  .map(([type, rest]) => Uint8Array.of(type, ...rest));
const raws = fc.array(fc.oneof(legacyRaw, typedRaw), { maxLength: 8 });
const hashList = fc.record({ requestId: uint64, hashes: fc.array(hash, { maxLength: 8 }) });
const itemList = fc.record({ requestId: uint64, items });
const query: fc.Arbitrary<GetBlockHeaders> = fc.record({
  requestId: uint64,
  origin: fc.oneof(
    hash.map((value) => ({ kind: 'hash' as const, hash: value })),
    safe.map((number) => ({ kind: 'number' as const, number })),
  ),
  amount: safe,
  skip: safe,
  reverse: fc.boolean(),
});
const block = fc
  .integer({ min: 0, max: 3 })
  .map(
    (count) => chainOf(GENESIS, 1, () => ({ transactions: Array.from({ length: count }, (_, i) => transfer(i)) }))[0],
  )
  .filter((value) => value !== undefined);

/** A message with values to try it on; the value's type stays inside. */
interface Case {
  readonly name: string;
  readonly maxBytes: number;
  readonly encoded: fc.Arbitrary<Uint8Array>;
  /** Encodes what it decodes. */
  readonly again: (payload: Uint8Array) => Uint8Array;
  readonly roundTrip: () => void;
}

function messageCase<T>(codec: MessageCodec<T>, values: fc.Arbitrary<T>, name = codec.name): Case {
  return {
    name,
    maxBytes: codec.maxBytes,
    encoded: values.map(codec.encode),
    again: (payload) => codec.encode(codec.decode(payload)),
    roundTrip: () =>
      fc.assert(
        fc.property(values, (value) => {
          expect(codec.decode(codec.encode(value))).toEqual(value);
        }),
        { numRuns: 40 },
      ),
  };
}

const cases: readonly Case[] = [
  messageCase(
    status,
    fc.record({
      version: fc.integer({ min: 0, max: 255 }),
      networkId: uint64,
      totalDifficulty: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      headHash: hash,
      genesisHash: hash,
      forkId: fc.record({ hash: fc.uint8Array({ minLength: 4, maxLength: 4 }), next: uint64 }),
    }),
  ),
  messageCase(newBlockHashes, fc.array(fc.record({ hash, number: safe }), { maxLength: 6 })),
  messageCase(transactions, raws),
  messageCase(getBlockHeaders, query),
  messageCase(blockHeaders, itemList),
  messageCase(getBlockBodies, hashList),
  messageCase(blockBodies, itemList),
  messageCase(newBlock, fc.record({ block, totalDifficulty: uint64 })),
  messageCase(
    newPooledTransactionHashes(68),
    fc.array(fc.record({ hash, type: fc.integer({ min: 0, max: 255 }), size: safe }), { maxLength: 6 }),
    'NewPooledTransactionHashes 68',
  ),
  messageCase(
    newPooledTransactionHashes(66),
    fc.array(fc.record({ hash, type: fc.constant(undefined), size: fc.constant(undefined) }), { maxLength: 6 }),
    'NewPooledTransactionHashes 66',
  ),
  messageCase(getPooledTransactions, hashList),
  messageCase(pooledTransactions, fc.record({ requestId: uint64, transactions: raws })),
  messageCase(getNodeData, hashList),
  messageCase(nodeData, itemList),
  messageCase(getReceipts, hashList),
  messageCase(receipts, itemList),
];

/** True if `run` throws a DecodeError; any other error passes through. */
function isRefused(run: () => void): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof DecodeError) return true;
    throw error;
  }
}

describe('eth messages', () => {
  for (const { name, maxBytes, encoded, again, roundTrip } of cases) {
    // Integers above 2^53 - 1 are capped there.
    const isExact = name !== 'GetBlockHeaders';

    it(`${name}: decodes what it encodes`, roundTrip);

    it(`${name}: refuses every truncation and every trailing byte with a DecodeError`, () => {
      fc.assert(
        fc.property(encoded, (payload) => {
          for (let length = 0; length < payload.length; length++) {
            expect(
              isRefused(() => again(payload.subarray(0, length))),
              `cut at ${length}`,
            ).toBe(true);
          }
          expect(isRefused(() => again(Uint8Array.of(...payload, 0x80)))).toBe(true);
        }),
        { numRuns: 10 },
      );
    });

    it(`${name}: throws nothing but DecodeError on damaged bytes, and reads nothing in two ways`, () => {
      fc.assert(
        fc.property(encoded, fc.nat(), fc.integer({ min: 0, max: 255 }), (payload, at, value) => {
          const damaged = payload.slice();
          damaged[at % Math.max(1, damaged.length)] = value;
          let decoded: Uint8Array | undefined;
          const run = (): void => {
            decoded = again(damaged);
          };
          if (isRefused(run)) return;
          if (isExact) expect(decoded).toEqual(damaged);
        }),
        { numRuns: 60 },
      );
    });

    it(`${name}: its own messages are within its size limit`, () => {
      fc.assert(
        fc.property(encoded, (payload) => {
          expect(payload.length).toBeLessThanOrEqual(maxBytes);
        }),
        { numRuns: 10 },
      );
    });
  }
});

describe('eth message limits', () => {
  const many = (count: number): Uint8Array[] => Array.from({ length: count }, () => new Uint8Array(32));
  const tooMany = [
    { name: 'GetBlockBodies', decode: getBlockBodies.decode, payload: () => encodeRlp([1n, many(4097)]) },
    { name: 'BlockHeaders', decode: blockHeaders.decode, payload: () => encodeRlp([1n, many(1025)]) },
    { name: 'NewBlockHashes', decode: newBlockHashes.decode, payload: () => encodeRlp(many(1025).map((h) => [h, 1])) },
    { name: 'Transactions', decode: transactions.decode, payload: () => encodeRlp(many(8193)) },
    {
      name: 'NewPooledTransactionHashes 66',
      decode: newPooledTransactionHashes(66).decode,
      payload: () => encodeRlp(many(16_385)),
    },
    {
      name: 'NewPooledTransactionHashes 68 with more hashes than types',
      decode: newPooledTransactionHashes(68).decode,
      payload: () => encodeRlp([Uint8Array.of(0), [1], many(2)]),
    },
  ];
  for (const { name, decode, payload } of tooMany) {
    it(`${name}: one item above the limit is refused by its count`, () => {
      expect(() => decode(payload())).toThrow(/rlp-too-many-items/);
    });
  }

  it('NewPooledTransactionHashes 68: types, sizes and hashes must be as many', () => {
    const decode = newPooledTransactionHashes(68).decode;
    expect(() => decode(encodeRlp([Uint8Array.of(0, 1), [1, 2], many(1)]))).toThrow(/bad-value/);
    expect(() => decode(encodeRlp([Uint8Array.of(0, 1), [1], many(2)]))).toThrow(/bad-value/);
  });

  it('Status: a fork hash of another length is refused', () => {
    const fields = [68, 1, 1, new Uint8Array(32), new Uint8Array(32), [new Uint8Array(3), 0]];
    expect(() => status.decode(encodeRlp(fields))).toThrow(/bad-length/);
  });

  it('GetBlockHeaders: integers up to 64 bits are read, capped at 2^53 - 1', () => {
    const decoded = getBlockHeaders.decode(encodeRlp([1n, [5n, (1n << 64n) - 1n, 1n << 60n, 1n]]));
    expect(decoded).toEqual({
      requestId: 1n,
      origin: { kind: 'number', number: 5 },
      amount: Number.MAX_SAFE_INTEGER,
      skip: Number.MAX_SAFE_INTEGER,
      reverse: true,
    });
  });

  it('GetBlockHeaders: a direction other than 0 and 1 is refused', () => {
    expect(() => getBlockHeaders.decode(encodeRlp([1n, [5n, 1n, 0n, 2n]]))).toThrow(/bad-value/);
  });

  it('a request id above 64 bits is refused', () => {
    expect(() => getReceipts.decode(encodeRlp([1n << 64n, []]))).toThrow(/too-large/);
  });
});

describe('known encodings', () => {
  // Written out by hand from caps/eth.md.
  const h = '11'.repeat(32);
  const cases = [
    {
      name: 'GetBlockHeaders by number',
      hex: 'ca8204d2c68203e8020a01',
      encode: () =>
        getBlockHeaders.encode({
          requestId: 1234n,
          origin: { kind: 'number', number: 1000 },
          amount: 2,
          skip: 10,
          reverse: true,
        }),
    },
    {
      name: 'GetBlockBodies of one block',
      hex: `e301e1a0${h}`,
      encode: () => getBlockBodies.encode({ requestId: 1n, hashes: [toHash32(new Uint8Array(32).fill(0x11))] }),
    },
    {
      name: 'NewPooledTransactionHashes of eth/68',
      hex: `e502c16fe1a0${h}`,
      encode: () =>
        newPooledTransactionHashes(68).encode([{ hash: toHash32(new Uint8Array(32).fill(0x11)), type: 2, size: 111 }]),
    },
    { name: 'an empty BlockBodies', hex: 'c205c0', encode: () => blockBodies.encode({ requestId: 5n, items: [] }) },
    {
      name: 'Transactions: legacy as a list, typed as a byte string',
      hex: 'c6c20102820203',
      encode: () => transactions.encode([Uint8Array.of(0xc2, 1, 2), Uint8Array.of(2, 3)]),
    },
  ];
  for (const { name, hex, encode } of cases) {
    it(name, () => expect(Buffer.from(encode()).toString('hex')).toBe(hex));
  }
});

describe('message table', () => {
  it('every version owns the codes up to Receipts', () => {
    for (const version of ETH_VERSIONS) expect(ETH_LENGTHS[version]).toBe(EthCode.receipts + 1);
  });

  it('knows GetNodeData and NodeData in eth/66 only', () => {
    for (const code of [EthCode.getNodeData, EthCode.nodeData]) {
      expect(ETH_VERSIONS.filter((version) => ethMessage(version, code) !== undefined)).toEqual([66]);
    }
  });

  it('knows no code beyond', () => {
    expect([0x0b, 0x0c, 0x11, -1].map((code) => ethMessage(66, code))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
