import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildGenesis } from '../../../src/chain/genesis.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { parseGenesis } from '../../../src/types/genesis-file.js';
import { rulesAt } from '../../../src/types/rules.js';

const json = (name: string): unknown => JSON.parse(readFileSync(`genesis/${name}`, 'utf8'));
const expected = json('expected-hashes.json') as Record<string, { hash: string; stateRoot: string }>;

function load(name: string) {
  const parsed = parseGenesis(json(name));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

describe.each(['devnet.json', 'testnet.json'])('genesis/%s', (name) => {
  it('has the hash and state root that it is known by', () => {
    const { sealed } = buildGenesis(load(name));
    expect({ hash: sealed.hash, stateRoot: sealed.header.stateRoot }).toEqual(expected[name]);
  });

  it('funds the ten accounts of the well-known mnemonic', () => {
    const { alloc } = load(name);
    // m/44'/60'/0'/0/0 of `test test ... junk`, as every Ethereum tool prints it.
    const first = Buffer.from('ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80', 'hex');
    expect(alloc.has(addressOfPrivateKey(first))).toBe(true);
    expect([...alloc.values()].map(({ balance }) => balance)).toEqual(Array(10).fill(10_000n * 10n ** 18n));
  });
});

describe('the rules of the networks', () => {
  it.each([
    { name: 'devnet.json', chainId: 271828n, step: 2n, ownStep: 2 },
    { name: 'testnet.json', chainId: 271829n, step: 9n, ownStep: undefined },
  ])('$name', ({ name, chainId, step, ownStep }) => {
    const { spec, gasLimit, baseFeePerGas } = load(name);
    expect(spec.chainId).toBe(chainId);
    expect(spec.difficultyStep).toBe(ownStep);
    expect(rulesAt(spec, 1)).toMatchObject({
      difficultyStep: step,
      blockReward: 2n * 10n ** 18n,
      maxTransactionType: 2,
    });
    expect({ gasLimit, baseFeePerGas }).toEqual({ gasLimit: 30_000_000n, baseFeePerGas: 1_000_000_000n });
  });
});
