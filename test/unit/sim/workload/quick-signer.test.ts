import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { addressOfPrivateKey } from '../../../../src/crypto/address.js';
import { selectCrypto } from '../../../../src/crypto/select.js';
import { createSenderMemo } from '../../../../src/sim/machines/sender-memo.js';
import { quickSigner } from '../../../../src/sim/workload/quick-signer.js';
import { senderOf } from '../../../../src/types/sender.js';
import type { UnsignedTransaction } from '../../../../src/types/transaction.js';
import { decodeTransaction } from '../../../../src/types/transaction-codec.js';

const HALF_N = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

beforeAll(async () => {
  await selectCrypto();
});

function unsigned(nonce: bigint, data: Uint8Array): UnsignedTransaction {
  const fees = { maxPriorityFeePerGas: 1n, maxFeePerGas: 2n, gasLimit: 100_000n, value: 1n };
  return {
    type: 2,
    chainId: 7n,
    nonce,
    to: addressOfPrivateKey(new Uint8Array(32).fill(9)),
    data,
    accessList: [],
    ...fees,
  };
}

describe('quickSigner', () => {
  it('signs what recovers to its account, with a low s', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 31, maxLength: 31 }),
        fc.bigInt(0n, 2n ** 60n),
        fc.uint8Array({ maxLength: 50 }),
        (rest, nonce, data) => {
          const key = Uint8Array.of(1, ...rest);
          const tx = quickSigner(key)(unsigned(nonce, data));
          expect(tx.signature.s).toBeLessThanOrEqual(HALF_N);
          expect(tx.sender).toBe(addressOfPrivateKey(key));
          expect(senderOf(decodeTransaction(tx.raw))).toBe(tx.sender);
        },
      ),
    );
  });
});

describe('createSenderMemo', () => {
  it('notes the same sender on every copy of a transaction', () => {
    const recover = createSenderMemo();
    const tx = quickSigner(new Uint8Array(32).fill(5))(unsigned(3n, new Uint8Array(0)));
    for (let copy = 0; copy < 3; copy++) {
      const decoded = decodeTransaction(tx.raw);
      recover(decoded);
      expect(decoded.sender).toBe(tx.sender);
    }
  });
});
