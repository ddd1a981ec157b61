import { describe, expect, it } from 'vitest';
import { BanList, FIRST_BAN_MS, MAX_BAN_MS, STRIKE_LIFE_MS } from '../../../../src/net/defense/banlist.js';

const T0 = 1_700_000_000_000;
const id = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;

describe('BanList', () => {
  it('bans for 15 min, four times longer for each strike, at most 7 days', () => {
    const bans = new BanList();
    const lengths = [1, 2, 3, 4, 5, 6, 7].map(() => (bans.strike(T0, id(1), 'x')?.untilMs ?? 0) - T0);
    expect(lengths.slice(0, 3)).toEqual([FIRST_BAN_MS, 4 * FIRST_BAN_MS, 16 * FIRST_BAN_MS]);
    expect(lengths.at(-1)).toBe(MAX_BAN_MS);
  });

  it('ends by itself, and forgives a strike a week', () => {
    const bans = new BanList();
    bans.strike(T0, id(1), 'x');
    expect(bans.find(T0 + FIRST_BAN_MS - 1, id(1))?.reason).toBe('x');
    expect(bans.find(T0 + FIRST_BAN_MS, id(1))).toBeUndefined();
    expect(bans.strike(T0 + STRIKE_LIFE_MS, id(1), 'x')?.strikes).toBe(1);
    expect(bans.strike(T0 + STRIKE_LIFE_MS + 1, id(1), 'x')?.strikes).toBe(2);
  });

  it.each([
    { name: 'IPv4', written: '203.0.113.7', asked: '203.0.113.7' },
    { name: 'IPv4 mapped into IPv6', written: '203.0.113.7', asked: '::ffff:203.0.113.7' },
    { name: 'IPv6 in two spellings', written: '2001:DB8:0:0::1', asked: '2001:db8::1' },
    { name: 'a node id in upper case', written: id(0xabc).toUpperCase().replace('0X', '0x'), asked: id(0xabc) },
  ])('knows $name again', ({ written, asked }) => {
    const bans = new BanList();
    bans.banManually(T0, written, Number.POSITIVE_INFINITY);
    expect(bans.find(T0, asked)?.manual).toBe(true);
    expect(bans.lift(T0, asked)).toBe(true);
    expect(bans.lift(T0, asked)).toBe(false);
  });

  it('leaves a manual ban alone when the node misbehaves', () => {
    const bans = new BanList();
    bans.banManually(T0, id(1), Number.POSITIVE_INFINITY);
    expect(bans.strike(T0, id(1), 'x')).toMatchObject({ manual: true, untilMs: Number.POSITIVE_INFINITY });
  });

  it('is bounded, and twenty thousand fresh identities do not flush the first bans', () => {
    const bans = new BanList(100);
    for (let i = 0; i < 100; i++) bans.strike(T0, id(i), 'early');
    for (let i = 100; i < 20_000; i++) bans.strike(T0 + i, id(i), 'late');
    expect(bans.size).toBe(100);
    for (let i = 0; i < 100; i++) expect(bans.find(T0 + 20_000, id(i))?.reason).toBe('early');
  });

  it('bans that are over do not block new ones, and give way lightest first', () => {
    const bans = new BanList(100);
    bans.strike(T0, id(0), 'twice');
    for (let i = 0; i < 100; i++) bans.strike(T0, id(i), 'early');
    const later = T0 + 6 * 24 * 3_600_000;
    expect(bans.inForce(later)).toEqual([]);
    for (let i = 100; i < 199; i++) expect(bans.strike(later, id(i), 'late')).toBeDefined();
    expect(bans.strike(later, id(0), 'again')?.strikes).toBe(3);
    expect(bans.strike(later, id(199), 'late')).toBeUndefined();
    expect(bans.inForce(later)).toHaveLength(100);
  });

  it('a manual ban that is over keeps no one from the automatic one', () => {
    const bans = new BanList();
    bans.banManually(T0, id(1), T0 + 1_000);
    expect(bans.strike(T0 + 1_000, id(1), 'x')).toMatchObject({ manual: false, strikes: 1 });
    expect(bans.find(T0 + 1_000, id(1))?.reason).toBe('x');
  });

  it('gives up spent bans, then those with the fewest strikes, then those that end first', () => {
    const bans = new BanList(3);
    bans.strike(T0, id(1), 'once');
    bans.strike(T0 + 1, id(2), 'once');
    bans.strike(T0, id(3), 'twice');
    bans.strike(T0, id(3), 'twice');
    bans.banManually(T0 + 2, id(4), T0 + 1_000_000_000);
    expect(bans.find(T0 + 2, id(1))).toBeUndefined();
    expect([2, 3, 4].map((n) => bans.find(T0 + 2, id(n)) !== undefined)).toEqual([true, true, true]);
    const later = T0 + 2 * STRIKE_LIFE_MS;
    expect(bans.strike(later, id(5), 'new')).toBeDefined();
    expect(bans.size).toBe(3);
  });

  it('full of manual bans it refuses rather than forgets', () => {
    const bans = new BanList(2);
    bans.banManually(T0, id(1), Number.POSITIVE_INFINITY);
    bans.banManually(T0, id(2), Number.POSITIVE_INFINITY);
    expect(bans.banManually(T0, id(3), Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(bans.strike(T0, id(3), 'x')).toBeUndefined();
  });

  it('tells the disk what changed, once', () => {
    const bans = new BanList();
    const ban = bans.strike(T0, id(1), 'x');
    expect(bans.takeChanges()).toEqual([[id(1), ban]]);
    expect(bans.takeChanges()).toEqual([]);
    bans.lift(T0, id(1));
    expect(bans.takeChanges()).toEqual([[id(1), undefined]]);
  });

  it('takes back what still means something', () => {
    const bans = new BanList();
    const base = { manual: false, reason: 'x', strikes: 1, strikesAtMs: T0 };
    bans.restore(T0 + 1, { ...base, target: id(1), untilMs: T0 + 10 });
    bans.restore(T0 + 1, { ...base, target: id(2), untilMs: T0 });
    bans.restore(T0 + 1, { ...base, target: id(3), untilMs: T0, strikesAtMs: T0 - STRIKE_LIFE_MS });
    expect(bans.find(T0 + 1, id(1))).toBeDefined();
    expect(bans.inForce(T0 + 1)).toHaveLength(1);
    expect(bans.strike(T0 + 1, id(2), 'x')?.strikes).toBe(2);
    expect(bans.takeChanges().map(([key]) => key)).toEqual([id(3), id(2)]);
  });

  it.each([
    { name: 'an automatic one', manual: false, strikes: 2, untilMs: T0 + 4 * FIRST_BAN_MS },
    { name: 'an automatic one with many strikes', manual: false, strikes: 9, untilMs: T0 + MAX_BAN_MS },
    { name: 'a manual one', manual: true, strikes: 0, untilMs: T0 + 1_000 * MAX_BAN_MS },
  ])('of bans that a clock that was ahead has written, $name', ({ manual, strikes, untilMs }) => {
    const bans = new BanList();
    const ahead = T0 + 1_000 * MAX_BAN_MS;
    bans.restore(T0, { target: id(1), manual, reason: 'x', strikes, strikesAtMs: ahead, untilMs: ahead });
    expect(bans.find(T0, id(1))).toMatchObject({ untilMs, strikes, strikesAtMs: T0 });
    // Else each restart would start them again.
    expect(bans.takeChanges()).toMatchObject([[id(1), { untilMs }]]);
  });
});
