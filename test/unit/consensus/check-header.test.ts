import { describe, expect, it } from 'vitest';
import { ZERO_HASH } from '../../../src/base/hex.js';
import { checkHeader } from '../../../src/consensus/check-header.js';
import type { RuleCode } from '../../../src/consensus/rule-error.js';
import { forksUpTo } from '../../../src/types/chain-spec.js';
import type { Header } from '../../../src/types/header.js';
import { childOf, LONDON, LONDON_PARENT } from './headers.js';

const PARENT = LONDON_PARENT.header;
const NOW_SEC = PARENT.timestamp + 20;
const UNSEALED = { seal: false };

describe('checkHeader', () => {
  it('takes what follows from the parent', () => {
    expect(checkHeader(childOf(LONDON_PARENT), LONDON_PARENT, LONDON, NOW_SEC, UNSEALED)).toBeUndefined();
  });

  const broken: [name: string, code: RuleCode, changes: Partial<Header>][] = [
    ['another parent', 'header-parent-hash', { parentHash: ZERO_HASH }],
    ['a number too low', 'header-number', { number: 10 }],
    ['a number too high', 'header-number', { number: 12 }],
    ['the timestamp of the parent', 'header-timestamp-not-later', { timestamp: PARENT.timestamp }],
    ['a timestamp 16 s ahead', 'header-future', { timestamp: NOW_SEC + 16 }],
    ['33 bytes of extra data', 'header-extra-data-too-long', { extraData: new Uint8Array(33) }],
    ['a gas limit too far away', 'header-gas-limit-bounds', { gasLimit: 40_000_000n }],
    ['more gas used than allowed', 'header-gas-used-over-limit', { gasUsed: 30_000_001n }],
    ['another base fee', 'header-base-fee', { baseFeePerGas: 1n }],
    ['no base fee', 'header-base-fee', { baseFeePerGas: undefined }],
    ['too little difficulty', 'header-difficulty', { difficulty: 131_071n }],
    ['too much difficulty', 'header-difficulty', { difficulty: 131_073n }],
  ];
  it.each(broken)('refuses %s: %s', (_, code, changes) => {
    const error = checkHeader(childOf(LONDON_PARENT, changes), LONDON_PARENT, LONDON, NOW_SEC, UNSEALED);
    expect(error?.code).toBe(code);
  });

  it.each([
    ['15 s ahead', { timestamp: NOW_SEC + 15 }],
    ['one second after the parent', { timestamp: PARENT.timestamp + 1 }],
    ['32 bytes of extra data', { extraData: new Uint8Array(32) }],
    ['all gas used', { gasUsed: 30_000_000n }],
  ])('takes %s', (_, changes) => {
    expect(checkHeader(childOf(LONDON_PARENT, changes), LONDON_PARENT, LONDON, NOW_SEC, UNSEALED)).toBeUndefined();
  });

  it('refuses a base fee before London', () => {
    const berlin = { ...LONDON, forks: forksUpTo('berlin') };
    expect(checkHeader(childOf(LONDON_PARENT), LONDON_PARENT, berlin, NOW_SEC, UNSEALED)?.code).toBe('header-base-fee');
  });

  it('looks at the clock last, so that nobody has a header held that he did not work for', () => {
    const future = childOf(LONDON_PARENT, { timestamp: NOW_SEC + 1000 });
    expect(checkHeader(future, LONDON_PARENT, LONDON, NOW_SEC, { seal: true })?.code).toBe('header-seal');
    expect(checkHeader(future, LONDON_PARENT, LONDON, Number.POSITIVE_INFINITY, UNSEALED)).toBeUndefined();
  });
});
