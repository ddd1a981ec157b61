import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address, Hash32 } from '../../../src/base/brand.js';
import { toAddress, toHex } from '../../../src/base/hex.js';
import type { StateView } from '../../../src/state/view.js';
import { WorldState } from '../../../src/state/world-state.js';
import { EMPTY_TRIE_ROOT } from '../../../src/types/account.js';

/** More accounts than are kept decoded. */
const MANY = 33_000;
const address = (n: number): Address => toAddress(Uint8Array.from({ length: 20 }, (_, i) => n >> (8 * (i % 4))));

/** A world in memory. */
function createWorld() {
  const stored = new Map<string, Uint8Array>();
  const world = new WorldState({
    node: (hash) => stored.get(hash),
    code: () => undefined,
  });
  /** Stores the state after these credits, each a commit of its own if `each`, and returns its root. */
  function credit(root: Hash32, credits: readonly (readonly [number, bigint])[], each = false): Hash32 {
    const draft = world.draft(root, true);
    for (const [who, amount] of credits) {
      draft.journal.credit(address(who), amount);
      if (each) draft.commit();
    }
    const after = draft.commit();
    for (const { hash, raw } of after.nodes) stored.set(toHex(hash), new Uint8Array(raw));
    world.keep(after);
    return after.root;
  }
  function view(root: Hash32): StateView {
    const found = world.view(root);
    if (found === undefined) throw new Error('the state is not stored');
    return found;
  }
  return { credit, view };
}

describe('WorldState', () => {
  it.each([
    { name: 'with one commit a block', each: false },
    { name: 'with one a transaction', each: true },
  ])('keeps the accounts of the state that was stored last, $name', ({ each }) => {
    const { credit, view } = createWorld();
    const before = credit(
      EMPTY_TRIE_ROOT,
      [
        [1, 7n],
        [2, 8n],
        [1, 1n],
      ],
      each,
    );
    const untouched = view(before).account(address(2));
    expect(view(before).account(address(1))?.balance).toBe(8n);
    expect(view(before).account(address(3))).toBeUndefined();
    const after = credit(before, [[1, 2n]], each);
    expect(view(after).account(address(1))?.balance).toBe(10n);
    expect(view(after).account(address(2))).toBe(untouched);
    expect(view(after).account(address(3))).toBeUndefined();
    expect(view(after).account(address(1))).toBe(view(after).account(address(1)));
  });

  it('says of every fork what any order of blocks on forks leaves there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(3), fc.bigInt(1n, 9n)), { minLength: 1, maxLength: 20 }),
        (blocks) => {
          const { credit, view } = createWorld();
          const states = [{ root: EMPTY_TRIE_ROOT, balances: [0n, 0n, 0n, 0n] }];
          for (const [on, who, amount] of blocks) {
            const parent = states[on % states.length] ?? expect.fail('no parent');
            const balances = parent.balances.map((balance, n) => (n === who ? balance + amount : balance));
            states.push({ root: credit(parent.root, [[who, amount]]), balances });
            for (const { root, balances: expected } of states)
              expect(expected.map((_, n) => view(root).account(address(n))?.balance ?? 0n)).toEqual(expected);
          }
        },
      ),
    );
  });

  it('answers for each root what that root says', () => {
    const { credit, view } = createWorld();
    const before = credit(EMPTY_TRIE_ROOT, [[1, 7n]]);
    const after = credit(before, [
      [1, 1n],
      [2, 2n],
    ]);
    for (let round = 0; round < 2; round++) {
      expect(view(before).account(address(1))?.balance).toBe(7n);
      expect(view(before).account(address(2))).toBeUndefined();
      expect(view(after).account(address(1))?.balance).toBe(8n);
      expect(view(after).account(address(2))?.balance).toBe(2n);
    }
  });

  it('keeps a bounded number of accounts and decodes the others again', () => {
    const { credit, view } = createWorld();
    const root = credit(
      EMPTY_TRIE_ROOT,
      Array.from({ length: MANY }, (_, n) => [n, BigInt(n + 1)] as const),
    );
    const first = view(root).account(address(0));
    for (let n = 0; n < MANY; n++) expect(view(root).account(address(n))?.balance).toBe(BigInt(n + 1));
    expect(view(root).account(address(0))).not.toBe(first);
    expect(view(root).account(address(0))).toEqual(first);
  });
});
