import { describe, expect, it } from 'vitest';
import { type Ancestor, checkUncles, familyOf } from '../../../src/consensus/check-uncles.js';
import type { RuleCode } from '../../../src/consensus/rule-error.js';
import type { Header, SealedHeader } from '../../../src/types/header.js';
import { childOf, LONDON, LONDON_PARENT } from './headers.js';

const UNSEALED = { seal: false };

/** A chain of ten blocks, oldest first, in which the last but one includes one uncle. */
function chain(): { blocks: SealedHeader[]; included: SealedHeader; lookup: (hash: string) => Ancestor | undefined } {
  const blocks = [LONDON_PARENT];
  for (let i = 1; i < 10; i++) blocks.push(childOf(blocks[i - 1] as SealedHeader));
  const included = brotherOf(blocks, 7);
  const entries = blocks.map((sealed, i) => [sealed.hash, { sealed, uncles: i === 8 ? [included] : [] }] as const);
  const byHash = new Map<string, Ancestor>(entries);
  return { blocks, included, lookup: (hash) => byHash.get(hash) };
}

/** A header that stands beside block `index` of the chain. */
function brotherOf(blocks: readonly SealedHeader[], index: number, changes: Partial<Header> = {}): SealedHeader {
  return childOf(blocks[index - 1] as SealedHeader, { extraData: Uint8Array.of(1), ...changes });
}

const { blocks, included, lookup } = chain();
const head = blocks[9] as SealedHeader;
const check = (...uncles: SealedHeader[]) => checkUncles(uncles, head.hash, lookup, LONDON, UNSEALED)?.code;

describe('checkUncles', () => {
  it('the head is block 9; a new block is number 10 of the chain', () => expect(head.header.number).toBe(19));

  const cases: [name: string, uncles: SealedHeader[], code: RuleCode | undefined][] = [
    ['none', [], undefined],
    ['a brother of the parent', [brotherOf(blocks, 9)], undefined],
    ['the oldest generation allowed', [brotherOf(blocks, 4)], undefined],
    ['two', [brotherOf(blocks, 9), brotherOf(blocks, 8)], undefined],
    ['one generation too old', [brotherOf(blocks, 3)], 'uncle-parent-unknown'],
    ['a brother of the new block itself', [childOf(head, { extraData: Uint8Array.of(1) })], 'uncle-parent-unknown'],
    ['three', [brotherOf(blocks, 9), brotherOf(blocks, 8), brotherOf(blocks, 6)], 'uncles-too-many'],
    ['the same twice', [brotherOf(blocks, 9), brotherOf(blocks, 9)], 'uncle-duplicate'],
    ['one that was included', [included], 'uncle-already-included'],
    ['the parent', [head], 'uncle-is-ancestor'],
    ['a grandparent', [blocks[8] as SealedHeader], 'uncle-is-ancestor'],
    ['a broken header', [brotherOf(blocks, 9, { difficulty: 5n })], 'uncle-header'],
  ];
  it.each(cases)('%s', (_, uncles, code) => expect(check(...uncles)).toBe(code));

  it("names the rule that the uncle's header breaks", () => {
    const uncles = [brotherOf(blocks, 9, { number: 5 })];
    expect(checkUncles(uncles, head.hash, lookup, LONDON, UNSEALED)?.message).toContain('header-number');
  });

  it('checks the seal of an uncle unless told otherwise', () => {
    const uncles = [brotherOf(blocks, 9)];
    expect(checkUncles(uncles, head.hash, lookup, LONDON, { seal: true })?.message).toContain('header-seal');
  });
});

describe('familyOf', () => {
  it('is seven generations and the uncles that they included', () => {
    const family = familyOf(head.hash, lookup);
    expect([...family.ancestors.keys()]).toEqual(
      blocks
        .slice(3)
        .map((block) => block.hash)
        .reverse(),
    );
    expect([...family.includedUncles]).toEqual([included.hash]);
  });

  it('ends at genesis', () => {
    expect(familyOf((blocks[1] as SealedHeader).hash, lookup).ancestors.size).toBe(2);
  });
});
