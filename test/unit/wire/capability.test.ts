import { describe, expect, it } from 'vitest';
import { type Capability, capabilityOf, type LocalCapability, negotiate } from '../../../src/wire/capability.js';

const local: LocalCapability[] = [
  { name: 'snap', version: 1, length: 8 },
  { name: 'eth', version: 66, length: 17 },
  { name: 'eth', version: 68, length: 17 },
  { name: 'eth', version: 67, length: 17 },
];
const caps = (...texts: string[]): Capability[] =>
  texts.map((text) => ({ name: text.split('/')[0] ?? '', version: Number(text.split('/')[1]) }));

describe('negotiate', () => {
  const cases: [name: string, remote: Capability[], shared: string[]][] = [
    ['the highest version that both know', caps('eth/66', 'eth/67', 'eth/69'), ['eth/67@16']],
    ['each name once, in alphabetical order', caps('snap/1', 'eth/68', 'eth/66'), ['eth/68@16', 'snap/1@33']],
    ['codes by what is shared, not by what is known', caps('snap/1'), ['snap/1@16']],
    ['the same if the remote repeats itself', caps('eth/68', 'eth/68'), ['eth/68@16']],
    ['nothing with a stranger', caps('les/4', 'eth/63'), []],
    ['nothing with nobody', [], []],
  ];
  it.each(cases)('%s', (_, remote, shared) => {
    expect(negotiate(local, remote).map(({ name, version, offset }) => `${name}/${version}@${offset}`)).toEqual(shared);
  });

  it('tells which protocol a code belongs to', () => {
    const shared = negotiate(local, caps('eth/68', 'snap/1'));
    const owner = (code: number): string | undefined => capabilityOf(shared, code)?.name;
    expect([0, 15, 16, 32, 33, 40, 41].map(owner)).toEqual([
      undefined,
      undefined,
      'eth',
      'eth',
      'snap',
      'snap',
      undefined,
    ]);
  });
});
