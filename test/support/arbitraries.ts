import fc from 'fast-check';
import { toAddress, toBlockNonce, toBloom, toHash32 } from '../../src/base/hex.js';
import type { Header } from '../../src/types/header.js';
import type { Receipt } from '../../src/types/receipt.js';
import type { Signature, UnsignedTransaction } from '../../src/types/transaction.js';

/** Exactly `length` bytes, drawn as one number: field by field is slow, and the codecs do not look inside them. */
export const bytesOf = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.nat().map((seed) => Uint8Array.from({ length }, (_, i) => (Math.imul(seed + i, 0x9e3779b1) >>> 13) & 0xff));

/** An unsigned integer of at most `bits` bits. */
export const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

/** Any hash. */
export const hash32 = bytesOf(32).map(toHash32);
/** Any address. */
export const address = bytesOf(20).map(toAddress);

const accessList = fc.array(fc.record({ address, storageKeys: fc.array(hash32, { maxLength: 3 }) }), { maxLength: 3 });

const common = {
  nonce: uint(64),
  gasLimit: uint(64),
  to: fc.option(address),
  value: uint(256),
  data: fc.uint8Array({ maxLength: 100 }),
};
const chainId = fc.bigInt({ min: 0n, max: 2n ** 254n });

/** Any transaction that has an encoding, valid or not. */
export const unsignedTransaction: fc.Arbitrary<UnsignedTransaction> = fc.oneof(
  fc.record({
    type: fc.constant(0 as const),
    chainId: fc.option(chainId, { nil: undefined }),
    gasPrice: uint(256),
    ...common,
  }),
  fc.record({ type: fc.constant(1 as const), chainId, gasPrice: uint(256), accessList, ...common }),
  fc.record({
    type: fc.constant(2 as const),
    chainId,
    maxPriorityFeePerGas: uint(256),
    maxFeePerGas: uint(256),
    accessList,
    ...common,
  }),
);

/** Any signature that has an encoding; hardly ever one that somebody made. */
export const signature: fc.Arbitrary<Signature> = fc.record({
  r: uint(256),
  s: uint(256),
  yParity: fc.constantFrom(0 as const, 1 as const),
});

/** Any header that has an encoding, of London or before. */
export const header: fc.Arbitrary<Header> = fc.record({
  parentHash: hash32,
  unclesHash: hash32,
  coinbase: address,
  stateRoot: hash32,
  transactionsRoot: hash32,
  receiptsRoot: hash32,
  logsBloom: bytesOf(256).map(toBloom),
  difficulty: uint(256),
  number: fc.maxSafeNat(),
  gasLimit: uint(64),
  gasUsed: uint(64),
  timestamp: fc.maxSafeNat(),
  extraData: fc.uint8Array({ maxLength: 40 }),
  mixHash: hash32,
  nonce: bytesOf(8).map(toBlockNonce),
  baseFeePerGas: fc.option(uint(256), { nil: undefined }),
});

/** Any receipt, with logs and of any time. */
export const receipt: fc.Arbitrary<Receipt> = fc.record({
  type: fc.constantFrom(0 as const, 1 as const, 2 as const),
  outcome: fc.oneof(
    fc.boolean().map((success) => ({ kind: 'status' as const, success })),
    hash32.map((stateRoot) => ({ kind: 'root' as const, stateRoot })),
  ),
  cumulativeGasUsed: uint(64),
  logsBloom: bytesOf(256).map(toBloom),
  logs: fc.array(
    fc.record({ address, topics: fc.array(hash32, { maxLength: 4 }), data: fc.uint8Array({ maxLength: 40 }) }),
    { maxLength: 3 },
  ),
});
