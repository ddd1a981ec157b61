import { describe, expect, it } from 'vitest';
import { createAddressRules } from '../../../../src/net/discovery/address-rules.js';
import { ClockCheck } from '../../../../src/net/discovery/clock-check.js';
import type { LogLevel } from '../../../../src/ports/log.js';

const T0 = 1_700_000_000_000;
const MINUTE_MS = 60_000;

function make() {
  const lines: { readonly level: LogLevel; readonly fields: unknown }[] = [];
  const log = {
    log: (level: LogLevel, _topic: string, _message: string, fields?: unknown) => lines.push({ level, fields }),
  };
  const check = new ClockCheck(createAddressRules({ loopbackRoutable: false, groupLimits: true }), log);
  /** A node in /24 `subnet` answers whose clock is so far ahead of ours (in s), and whose packets are good for so long. */
  const hear = (subnet: number, theirsAheadS: number, atMs = T0, goodForS = 20): void =>
    check.heard(atMs, { ip: `20.0.${subnet}.1`, port: 30303 }, Math.floor(atMs / 1000) + theirsAheadS + goodForS);
  return { check, lines, hear };
}

interface Case {
  readonly name: string;
  readonly theirs: readonly number[];
  readonly goodForS?: number;
  readonly aheadS: number | undefined;
}

const CASES: readonly Case[] = [
  { name: 'nobody has answered', theirs: [], aheadS: undefined },
  { name: 'all agree', theirs: [0, 0, 0, 0], aheadS: undefined },
  { name: 'clocks differ by seconds', theirs: [-9, -14, 0, 9, 8], aheadS: undefined },
  { name: 'ours is an hour ahead', theirs: [-3_600, -3_600, -3_600], aheadS: 3_600 },
  { name: 'ours is an hour behind', theirs: [3_600, 3_600, 3_600], aheadS: -3_600 },
  { name: 'ours is 16 s ahead', theirs: Array.from({ length: 9 }, () => -16), aheadS: 16 },
  { name: 'ours is 16 s ahead of a few', theirs: Array.from({ length: 8 }, () => -16), aheadS: undefined },
  { name: 'two say so', theirs: [-3_600, -3_600], aheadS: undefined },
  { name: 'a few of many are wrong', theirs: [0, 0, 0, 0, 0, 3_600, -3_600, 3_600, 3_600], aheadS: undefined },
  { name: 'half of them say so', theirs: [0, 0, -3_600, -3_600], aheadS: undefined },
  { name: 'packets are good for a minute', theirs: [0, 0, 0], goodForS: 60, aheadS: undefined },
  {
    name: 'packets are good for a minute and ours is far ahead',
    theirs: [-300, -300, -300],
    goodForS: 60,
    aheadS: 260,
  },
];

describe('clock check', () => {
  it.each(CASES)('$name', ({ theirs, goodForS, aheadS }) => {
    const { check, hear, lines } = make();
    for (const [subnet, seconds] of theirs.entries()) hear(subnet, seconds, T0, goodForS);
    expect(check.aheadMs()).toBe(aheadS === undefined ? undefined : aheadS * 1000);
    const fields = expect.objectContaining({
      [(aheadS ?? 0) > 0 ? 'aheadSeconds' : 'behindSeconds']: Math.abs(aheadS ?? 0),
    });
    expect(lines).toEqual(aheadS === undefined ? [] : [{ level: 'warn', fields }]);
  });

  it('hears each subnet once, and not for ever', () => {
    const { check, hear } = make();
    for (let i = 0; i < 20; i++) hear(1, -3_600);
    expect(check.aheadMs()).toBeUndefined();
    hear(2, -3_600);
    hear(3, -3_600, T0 + 31 * MINUTE_MS);
    expect(check.aheadMs()).toBeUndefined();
  });

  it('hears each IPv6 /32 once', () => {
    const { check } = make();
    const hear = (ip: string): void => check.heard(T0, { ip, port: 30303 }, T0 / 1000 - 3_600 + 20);
    for (let i = 1; i <= 20; i++) hear(`2600:1:${i}::1`);
    expect(check.aheadMs()).toBeUndefined();
    for (let i = 1; i <= 2; i++) hear(`260${i}:1::1`);
    expect(check.aheadMs()).toBe(3_600_000);
  });

  it('warns once an hour while it lasts, and tells when it is over', () => {
    const { check, hear, lines } = make();
    for (let minute = 0; minute < 120; minute++) hear(minute % 5, -100, T0 + minute * MINUTE_MS);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn']);
    for (let subnet = 0; subnet < 5; subnet++) hear(subnet, 0, T0 + 121 * MINUTE_MS);
    expect(check.aheadMs()).toBeUndefined();
    expect(lines.at(-1)?.level).toBe('info');
  });

  it('holds a bounded number of statements, the newest', () => {
    const { check, hear } = make();
    for (let subnet = 0; subnet < 200; subnet++) hear(subnet, 0);
    for (let subnet = 200; subnet < 211; subnet++) hear(subnet, -3_600);
    expect(check.aheadMs()).toBe(3_600_000);
  });

  it('is lonely after a minute without an answer from anybody whose clock agrees', () => {
    const { check, hear } = make();
    const silence = (seconds: number): void => check.onSilence(T0 + seconds * 1000);
    expect(check.isLonely(T0 + 10 * MINUTE_MS)).toBe(false);
    for (const seconds of [0, 20, 40]) silence(seconds);
    expect(check.isLonely(T0 + MINUTE_MS - 1)).toBe(false);
    expect(check.isLonely(T0 + MINUTE_MS)).toBe(true);
    hear(1, 3_600, T0 + MINUTE_MS);
    expect(check.isLonely(T0 + MINUTE_MS)).toBe(true);
    hear(2, 0, T0 + MINUTE_MS);
    expect(check.isLonely(T0 + 10 * MINUTE_MS)).toBe(false);
  });
});
