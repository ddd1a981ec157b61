import { readdirSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { fromHex, parseHex } from '../../src/base/hex.js';
import { DecodeError } from '../../src/codec/decode-error.js';
import { checkTransaction } from '../../src/consensus/check-transaction.js';
import { intrinsicGas } from '../../src/consensus/intrinsic-gas.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { type ForkName, forksUpTo } from '../../src/types/chain-spec.js';
import { rulesAt } from '../../src/types/rules.js';
import { senderOf } from '../../src/types/sender.js';
import { decodeTransaction } from '../../src/types/transaction-codec.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector, vectorsPath } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface Expected {
  readonly exception?: string;
  readonly hash?: string;
  readonly sender?: string;
  readonly intrinsicGas?: string;
}

interface TransactionCase {
  readonly txbytes: string;
  readonly result: Readonly<Record<string, Expected>>;
}

const NETWORKS: Readonly<Record<string, ForkName>> = {
  Homestead: 'homestead',
  EIP150: 'eip150',
  EIP158: 'eip158',
  Byzantium: 'byzantium',
  Constantinople: 'constantinople',
  ConstantinopleFix: 'petersburg',
  Istanbul: 'istanbul',
  Berlin: 'berlin',
  London: 'london',
};

function files(): string[] {
  const root = vectorsPath('transactions') ?? '';
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
}

/** What the node makes of the bytes under the rules of a fork, in the shape of the expectation; refusals as the reason. */
function judge(bytes: Uint8Array, fork: ForkName): Expected {
  const spec = {
    chainId: 1n,
    networkId: 1n,
    forks: forksUpTo(fork),
    difficultyStep: undefined,
    blockReward: undefined,
  };
  const rules = rulesAt(spec, 0);
  try {
    const tx = decodeTransaction(bytes);
    const broken = checkTransaction(tx, rules, spec);
    if (broken !== undefined) return { exception: broken.code };
    const sender = senderOf(tx);
    if (sender === undefined) return { exception: 'tx-signature' };
    return { hash: tx.hash, sender, intrinsicGas: intrinsicGas(tx, rules).toString() };
  } catch (error) {
    if (error instanceof DecodeError) return { exception: error.code };
    throw error;
  }
}

describeVectors('transactions/', () => {
  beforeAll(async () => {
    await selectCrypto();
  });

  it('has all its files, 50 of them valid under London', () => {
    expect(files()).toHaveLength(expectedCases('transactions/'));
    const tests = files().flatMap((file) =>
      Object.values(readVector<Record<string, TransactionCase>>(`transactions/${file}`)),
    );
    expect(tests.filter((test) => test.result.London?.exception === undefined)).toHaveLength(50);
  });

  it.each(vectorsPath('transactions') === undefined ? [] : files())('%s', (file) => {
    const test = Object.values(readVector<Record<string, TransactionCase>>(`transactions/${file}`))[0];
    const bytes = fromHex(parseHex(test?.txbytes ?? '') ?? expect.fail('no bytes'));
    for (const [network, fork] of Object.entries(NETWORKS)) {
      const expected = test?.result[network];
      const verdict = judge(bytes, fork);
      if (expected?.exception !== undefined) expect(verdict, network).toHaveProperty('exception');
      else {
        const gas = BigInt(expected?.intrinsicGas ?? 0).toString();
        expect(verdict, network).toEqual({ hash: expected?.hash, sender: expected?.sender, intrinsicGas: gas });
      }
    }
    passed('transactions', file);
  });
});
