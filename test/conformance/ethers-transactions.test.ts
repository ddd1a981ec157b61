import { beforeAll, expect, it } from 'vitest';
import type { Hex } from '../../src/base/brand.js';
import { fromHex, parseAddress, parseHash32, parseHex, toHex } from '../../src/base/hex.js';
import { addressOfPrivateKey } from '../../src/crypto/address.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { senderOf, signTransaction } from '../../src/types/sender.js';
import type { UnsignedTransaction } from '../../src/types/transaction.js';
import { decodeTransaction, encodeUnsigned, signatureV } from '../../src/types/transaction-codec.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface EthersFields {
  readonly to?: string;
  readonly nonce?: number;
  readonly gasLimit?: string;
  readonly gasPrice?: string;
  readonly maxFeePerGas?: string;
  readonly maxPriorityFeePerGas?: string;
  readonly data?: string;
  readonly value?: string;
  readonly chainId?: string;
  readonly accessList?: readonly { readonly address: string; readonly storageKeys: readonly string[] }[];
}

interface EthersCase {
  readonly name: string;
  readonly transaction: EthersFields;
  readonly privateKey: string;
  readonly [form: `unsigned${string}` | `signed${string}`]: string;
  readonly [form: `signature${string}`]: { readonly r: string; readonly s: string; readonly v: string };
}

const FILE = 'ethers/transactions.json';

const bytesOf = (hex: string): Uint8Array => fromHex(parseHex(hex) ?? expect.fail(`not hex: ${hex}`));
const present = <T extends Hex>(value: T | undefined): T => value ?? expect.fail('malformed test data');

/** The four forms of a case: type 0 without and with a chain id, types 1 and 2. */
function formsOf(fields: EthersFields): Readonly<Record<string, UnsignedTransaction>> {
  const common = {
    nonce: BigInt(fields.nonce ?? 0),
    gasLimit: BigInt(fields.gasLimit ?? 0),
    to: fields.to === undefined ? null : present(parseAddress(fields.to)),
    value: BigInt(fields.value ?? 0),
    data: bytesOf(fields.data ?? '0x'),
  };
  const chainId = BigInt(fields.chainId ?? 0);
  const gasPrice = BigInt(fields.gasPrice ?? 0);
  const accessList = (fields.accessList ?? []).map(({ address, storageKeys }) => ({
    address: present(parseAddress(address)),
    storageKeys: storageKeys.map((key) => present(parseHash32(key))),
  }));
  return {
    Legacy: { ...common, type: 0, chainId: undefined, gasPrice },
    Eip155: { ...common, type: 0, chainId, gasPrice },
    Berlin: { ...common, type: 1, chainId, gasPrice, accessList },
    London: {
      ...common,
      type: 2,
      chainId,
      maxFeePerGas: BigInt(fields.maxFeePerGas ?? 0),
      maxPriorityFeePerGas: BigInt(fields.maxPriorityFeePerGas ?? 0),
      accessList,
    },
  };
}

describeVectors(FILE, () => {
  beforeAll(async () => {
    await selectCrypto();
  });

  it('encodes, signs, decodes and recovers every form of every case', () => {
    const cases = readVector<readonly EthersCase[]>(FILE);
    expect(cases).toHaveLength(expectedCases(FILE));
    let eip155 = 0;
    for (const test of cases) {
      const key = bytesOf(test.privateKey);
      for (const [form, fields] of Object.entries(formsOf(test.transaction))) {
        const at = `${test.name} ${form}`;
        if (test[`unsigned${form}`] === '') continue;
        if (form === 'Eip155') eip155++;
        expect(toHex(encodeUnsigned(fields)), at).toBe(test[`unsigned${form}`]);
        const signed = signTransaction(fields, key);
        expect(toHex(signed.raw), at).toBe(test[`signed${form}`]);
        const { r, s, v } = test[`signature${form}`] ?? expect.fail(`no signature of ${at}`);
        expect([signed.signature.r, signed.signature.s, signatureV(signed)], at).toEqual([r, s, v].map(BigInt));
        const decoded = decodeTransaction(signed.raw);
        expect(decoded, at).toMatchObject(fields);
        expect(senderOf(decoded), at).toBe(addressOfPrivateKey(key));
      }
      passed('ethers', test.name);
    }
    expect(eip155).toBe(832);
  }, 60_000);
});
