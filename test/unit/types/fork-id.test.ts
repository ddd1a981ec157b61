import { describe, expect, it } from 'vitest';
import { fromHex, parseHex, toHash32 } from '../../../src/base/hex.js';
import { crc32 } from '../../../src/types/crc32.js';
import { checkForkId, forkIdAt } from '../../../src/types/fork-id.js';

/** Main net as EIP-2124 has it in its examples: up to Petersburg. */
const GENESIS = toHash32(Buffer.from('d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3', 'hex'));
const FORKS = [1_150_000, 1_920_000, 2_463_000, 2_675_000, 4_370_000, 7_280_000];

const hash = (hex: string): Uint8Array => fromHex(parseHex(hex) ?? expect.fail('not hex'));

describe('crc32', () => {
  it('has the check value of the standard, in one go and in two', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(crc32(Buffer.from('6789'), crc32(Buffer.from('12345')))).toBe(0xcbf43926);
  });
});

describe('checkForkId', () => {
  const cases: [name: string, head: number, hash: string, next: bigint, mismatch: string | undefined][] = [
    ['same forks, none known ahead', 7_987_396, '0x668db0af', 0n, undefined],
    ['same forks, they know of a later one', 7_987_396, '0x668db0af', 2n ** 64n - 1n, undefined],
    ['we are in Byzantium, they too and know Petersburg', 7_279_999, '0xa00bc324', 7_280_000n, undefined],
    ['we are in Byzantium, they too and do not know Petersburg', 7_279_999, '0xa00bc324', 0n, undefined],
    ['they are in Byzantium still and know Petersburg', 7_987_396, '0xa00bc324', 7_280_000n, undefined],
    ['they are in Spurious still and know Byzantium', 7_987_396, '0x3edd5b10', 4_370_000n, undefined],
    ['we are syncing, they are in Petersburg', 7_279_999, '0x668db0af', 0n, undefined],
    ['we are in Spurious, they are in Byzantium', 4_369_999, '0xa00bc324', 0n, undefined],
    ['they did not take Petersburg', 7_987_396, '0xa00bc324', 0n, 'remote-stale'],
    ['they have a fork that we do not know', 7_987_396, '0x5cddc0e1', 0n, 'local-incompatible'],
    ['another genesis', 7_987_396, '0xafec6b27', 0n, 'local-incompatible'],
    ['they await a fork that we passed without it', 88_888_888, '0x668db0af', 88_888_888n, 'local-incompatible'],
    ['they await another fork where Byzantium was', 7_279_999, '0xa00bc324', 7_279_999n, 'local-incompatible'],
  ];
  it.each(cases)('%s', (_, head, theirs, next, mismatch) => {
    expect(checkForkId(GENESIS, FORKS, head, { hash: hash(theirs), next })).toBe(mismatch);
  });

  it('a chain without later forks has the checksum of its genesis for good', () => {
    expect(forkIdAt(GENESIS, [], 1_000_000)).toEqual({ hash: hash('0xfc64ec04'), next: 0n });
  });
});
