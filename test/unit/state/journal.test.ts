import { describe, expect, it } from 'vitest';
import type { Address, Hash32 } from '../../../src/base/brand.js';
import { toAddress, toHash32 } from '../../../src/base/hex.js';
import { Journal } from '../../../src/state/journal.js';
import { type Account, EMPTY_ACCOUNT } from '../../../src/types/account.js';

const address = (n: number): Address => toAddress(new Uint8Array(20).fill(n));
const storageRoot: Hash32 = toHash32(new Uint8Array(32).fill(3));
const rich: Account = { ...EMPTY_ACCOUNT, balance: 100n };
const hollow: Account = { ...EMPTY_ACCOUNT, storageRoot };

const base = new Map<Address, Account>([
  [address(1), rich],
  [address(2), EMPTY_ACCOUNT],
  [address(3), hollow],
]);
const journal = (clearEmpty = true) => new Journal({ account: (who) => base.get(who) }, clearEmpty);

describe('Journal', () => {
  it('reads through and then its own', () => {
    const state = journal();
    expect(state.account(address(1))).toBe(rich);
    state.credit(address(1), 5n);
    expect(state.account(address(1))?.balance).toBe(105n);
    expect(base.get(address(1))).toBe(rich);
  });

  const cases: readonly {
    name: string;
    clearEmpty: boolean;
    credits: [Address, bigint][];
    after: Account | undefined;
    wrote: boolean;
  }[] = [
    {
      name: 'creates an account that gets something',
      clearEmpty: true,
      credits: [[address(9), 1n]],
      after: { ...EMPTY_ACCOUNT, balance: 1n },
      wrote: true,
    },
    {
      name: 'creates nothing for nothing (EIP-161)',
      clearEmpty: true,
      credits: [[address(9), 0n]],
      after: undefined,
      wrote: false,
    },
    {
      name: 'creates an empty account before EIP-161',
      clearEmpty: false,
      credits: [[address(9), 0n]],
      after: EMPTY_ACCOUNT,
      wrote: true,
    },
    {
      name: 'deletes an empty account that is touched',
      clearEmpty: true,
      credits: [[address(2), 0n]],
      after: undefined,
      wrote: true,
    },
    {
      name: 'leaves it before EIP-161',
      clearEmpty: false,
      credits: [[address(2), 0n]],
      after: EMPTY_ACCOUNT,
      wrote: false,
    },
    {
      name: 'deletes an empty account with storage',
      clearEmpty: true,
      credits: [[address(3), 0n]],
      after: undefined,
      wrote: true,
    },
    {
      name: 'keeps the storage of one that is paid after the touch',
      clearEmpty: true,
      credits: [
        [address(3), 0n],
        [address(3), 2n],
      ],
      after: { ...hollow, balance: 2n },
      wrote: true,
    },
    {
      name: 'leaves a rich account that is touched',
      clearEmpty: true,
      credits: [[address(1), 0n]],
      after: rich,
      wrote: false,
    },
  ];

  it.each(cases)('$name', ({ clearEmpty, credits, after, wrote }) => {
    const state = journal(clearEmpty);
    for (const [who, amount] of credits) state.credit(who, amount);
    state.settle();
    const [first] = credits;
    if (first === undefined) throw new Error('a case without credits');
    expect(state.account(first[0])).toEqual(after);
    expect(state.takeChanges().has(first[0])).toBe(wrote);
  });

  it('hands its changes over once', () => {
    const state = journal();
    state.set(address(4), rich);
    expect([...state.takeChanges()]).toEqual([[address(4), rich]]);
    expect(state.takeChanges().size).toBe(0);
    expect(state.account(address(4))).toBeUndefined();
  });
});
