import { describe, expect, it } from 'vitest';
import { inCidr, parseCidr } from '../../../../src/net/defense/cidr.js';
import { g16, g24, groupLimitsApply, ipScope } from '../../../../src/net/defense/diversity.js';
import { GLOBAL, InboundLimiter } from '../../../../src/net/defense/rate-limit.js';
import { ipToBytes } from '../../../../src/types/ip.js';

const T0 = 1_700_000_000_000;

describe('address groups', () => {
  it.each([
    { name: 'one /24', a: '198.51.100.1', b: '198.51.100.254', near: true, wide: true },
    { name: 'one /16', a: '198.51.100.1', b: '198.51.101.1', near: false, wide: true },
    { name: 'neighbouring /16s', a: '198.51.100.1', b: '198.52.100.1', near: false, wide: false },
    { name: 'one IPv6 /48', a: '2001:db8:1:1::1', b: '2001:db8:1:2::9', near: true, wide: true },
    { name: 'one IPv6 /32', a: '2001:db8:1::1', b: '2001:db8:2::1', near: false, wide: true },
    { name: 'two IPv6 providers', a: '2001:db8::1', b: '2001:db9::1', near: false, wide: false },
    { name: 'IPv4 and its IPv6 form', a: '198.51.100.1', b: '::ffff:198.51.100.2', near: true, wide: true },
  ])('$name', ({ a, b, near, wide }) => {
    expect(g24(a) === g24(b)).toBe(near);
    expect(g16(a) === g16(b)).toBe(wide);
  });

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['::1', 'loopback'],
    ['10.1.2.3', 'lan'],
    ['172.16.0.1', 'lan'],
    ['172.32.0.1', 'public'],
    ['192.168.9.9', 'lan'],
    ['169.254.1.1', 'lan'],
    ['100.64.0.1', 'lan'],
    ['fd00::1', 'lan'],
    ['fe80::1', 'lan'],
    ['8.8.8.8', 'public'],
    ['2001:4860::1', 'public'],
    ['nonsense', 'public'],
  ] as const)('%s is %s', (ip, scope) => expect(ipScope(ip)).toBe(scope));

  it('limits apply to the public, and to loopback when that is made routable', () => {
    expect(groupLimitsApply('8.8.8.8', false)).toBe(true);
    expect(groupLimitsApply('127.0.0.1', false)).toBe(false);
    expect(groupLimitsApply('127.0.0.1', true)).toBe(true);
  });

  it.each([
    ['10.0.0.0/8', '10.255.1.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.168.1.128/25', '192.168.1.127', false],
    ['192.168.1.128/25', '192.168.1.200', true],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['0.0.0.0/0', '::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['1.2.3.4', '1.2.3.4', true],
    ['1.2.3.4', '1.2.3.5', false],
  ])('%s holds %s: %s', (text, ip, inside) => {
    const [cidr, bytes] = [parseCidr(text), ipToBytes(ip)];
    if (cidr === undefined || bytes === undefined) throw new Error('bad case');
    expect(inCidr(bytes, cidr)).toBe(inside);
  });

  it.each(['', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '10.0.0.0/-1', '::/129', 'host/8', '10.0.0.0/8/8'])(
    '%j is no CIDR',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});

describe('InboundLimiter', () => {
  const attempts = (limiter: InboundLimiter, nowMs: number, ips: readonly string[]): number =>
    ips.filter((ip) => limiter.admit(nowMs, ip, []) === undefined).length;

  it('lets one address in three times, then once per 30 s', () => {
    const limiter = new InboundLimiter(false);
    expect(attempts(limiter, T0, Array(10).fill('198.51.100.1'))).toBe(3);
    expect(attempts(limiter, T0 + 30_000, Array(10).fill('198.51.100.1'))).toBe(1);
  });

  it('lets a /24 in eight times, whatever addresses it uses', () => {
    const rack = Array.from({ length: 200 }, (_, i) => `198.51.100.${i}`);
    expect(attempts(new InboundLimiter(false), T0, rack)).toBe(8);
  });

  it('lets the whole world in at its pace', () => {
    const world = Array.from({ length: 60 }, (_, i) => `${130 + i}.1.1.1`);
    const limiter = new InboundLimiter(false);
    expect(attempts(limiter, T0, world)).toBe(GLOBAL.burst);
    expect(
      attempts(
        limiter,
        T0 + 1_000,
        world.map((ip) => ip.replace('.1.1.1', '.2.2.2')),
      ),
    ).toBe(GLOBAL.perSecond);
  });

  it('leaves no room for a rack of half-open connections', () => {
    const limiter = new InboundLimiter(false);
    const pending = [{ ip: '198.51.100.1' }, { ip: '198.51.100.2' }];
    expect(limiter.admit(T0, '198.51.100.3', pending)).toBe('subnet-pending');
    expect(limiter.admit(T0, '198.51.101.3', pending)).toBeUndefined();
    const wide = ['1', '2', '3', '4'].map((n) => ({ ip: `198.51.${n}.1` }));
    expect(limiter.admit(T0, '198.51.9.1', wide)).toBe('subnet-pending');
  });

  it('knows no subnets on loopback and LAN, unless they are made routable', () => {
    const local = Array(100).fill('127.0.0.1');
    expect(attempts(new InboundLimiter(false), T0, local)).toBe(100);
    expect(attempts(new InboundLimiter(false), T0, Array(100).fill('172.17.0.2'))).toBe(100);
    expect(attempts(new InboundLimiter(true), T0, local)).toBe(3);
  });

  it('forgets the addresses of a large botnet, never its pace', () => {
    const limiter = new InboundLimiter(false);
    let admitted = 0;
    for (let i = 0; i < 8_000; i++) {
      const ip = `${130 + (i % 30)}.${(i >> 3) % 250}.${i % 250}.1`;
      if (limiter.admit(T0 + i, ip, []) === undefined) admitted++;
    }
    expect(admitted).toBeLessThanOrEqual(GLOBAL.burst + 8 * GLOBAL.perSecond);
  });
});
