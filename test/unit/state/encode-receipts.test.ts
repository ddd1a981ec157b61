import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Address, Bloom, Hash32 } from '../../../src/base/brand.js';
import { EMPTY_BLOOM, toAddress, toBloom, toHash32 } from '../../../src/base/hex.js';
import { encodeReceiptsOnce } from '../../../src/state/encode-receipts.js';
import { encodeReceipt, encodeReceipts, type Receipt } from '../../../src/types/receipt.js';

const address: Address = toAddress(new Uint8Array(20).fill(1));
const root: Hash32 = toHash32(new Uint8Array(32).fill(2));
const log = { address, topics: [root], data: Uint8Array.of(1, 2) };
const full: Bloom = toBloom(new Uint8Array(256).fill(255));

const receipt: fc.Arbitrary<Receipt> = fc.record({
  type: fc.constantFrom(0 as const, 1 as const, 2 as const),
  outcome: fc.constantFrom<Receipt['outcome']>(
    { kind: 'status', success: true },
    { kind: 'status', success: false },
    { kind: 'root', stateRoot: root },
  ),
  cumulativeGasUsed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  logsBloom: fc.constant(EMPTY_BLOOM),
  logs: fc.constant([]),
});

it('gives the bytes of the plain codec', () => {
  fc.assert(
    fc.property(fc.array(receipt, { maxLength: 20 }), (receipts) => {
      const { items, list } = encodeReceiptsOnce(receipts);
      expect(items.map((item) => Buffer.from(item).toString('hex'))).toEqual(
        receipts.map((one) => Buffer.from(encodeReceipt(one)).toString('hex')),
      );
      expect(Buffer.from(list).toString('hex')).toBe(Buffer.from(encodeReceipts(receipts)).toString('hex'));
    }),
  );
});

it('leaves receipts with logs to the plain codec', () => {
  const logged: Receipt = {
    type: 2,
    outcome: { kind: 'status', success: true },
    cumulativeGasUsed: 5n,
    logsBloom: full,
    logs: [log],
  };
  expect(encodeReceiptsOnce([logged]).items).toEqual([encodeReceipt(logged)]);
});
