import { describe, expect, it } from 'vitest';
import type { Address, Hash32 } from '../../../src/base/brand.js';
import { toAddress, toHex } from '../../../src/base/hex.js';
import type { StateView } from '../../../src/state/view.js';
import { WorldState } from '../../../src/state/world-state.js';
import { EMPTY_TRIE_ROOT } from '../../../src/types/account.js';

/** More accounts than a view keeps decoded. */
const MANY = 5_000;
const address = (n: number): Address => toAddress(Uint8Array.from({ length: 20 }, (_, i) => n >> (8 * (i % 4))));

/** A world in memory that counts the nodes that are read from it. */
function createWorld() {
  const stored = new Map<string, Uint8Array>();
  let reads = 0;
  const world = new WorldState({
    node(hash) {
      reads++;
      return stored.get(hash);
    },
    code: () => undefined,
  });
  /** Stores the state after these credits and returns its root. */
  function credit(root: Hash32, credits: Iterable<readonly [number, bigint]>): Hash32 {
    const draft = world.draft(root, true);
    for (const [who, amount] of credits) draft.journal.credit(address(who), amount);
    const after = draft.commit();
    for (const { hash, raw } of after.nodes) stored.set(toHex(hash), new Uint8Array(raw));
    return after.root;
  }
  function view(root: Hash32): StateView {
    const found = world.view(root);
    if (found === undefined) throw new Error('the state is not stored');
    return found;
  }
  return { credit, view, reads: () => reads };
}

describe('WorldState', () => {
  it('reads an account of a view once', () => {
    const { credit, view, reads } = createWorld();
    const root = credit(EMPTY_TRIE_ROOT, [[1, 7n]]);
    const first = view(root).account(address(1));
    const readsBefore = reads();
    expect(first?.balance).toBe(7n);
    expect(view(root).account(address(1))).toBe(first);
    expect(view(root).account(address(2))).toBeUndefined();
    expect(view(root).account(address(2))).toBeUndefined();
    expect(reads()).toBe(readsBefore);
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
