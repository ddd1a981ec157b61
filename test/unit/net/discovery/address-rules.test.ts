import { describe, expect, it } from 'vitest';
import { createAddressRules } from '../../../../src/net/discovery/address-rules.js';

describe('address rules', () => {
  const rules = createAddressRules({ loopbackRoutable: false, groupLimits: true });
  const relays: [name: string, relayer: string, ip: string, port: number, allowed: boolean][] = [
    ['public by public', '8.8.8.8', '9.9.9.9', 30303, true],
    ['public on a system port', '8.8.8.8', '9.9.9.9', 53, false],
    ['public by LAN', '10.0.0.1', '9.9.9.9', 30303, true],
    ['LAN by public', '8.8.8.8', '192.168.1.1', 30303, false],
    ['LAN by LAN', '10.0.0.1', '192.168.1.1', 30303, true],
    ['LAN by loopback', '127.0.0.1', '192.168.1.1', 30303, true],
    ['loopback by LAN', '10.0.0.1', '127.0.0.1', 30303, false],
    ['loopback by loopback', '127.0.0.1', '127.0.0.1', 1000, true],
    ['loopback without a port', '127.0.0.1', '127.0.0.1', 0, false],
    ['IPv6 loopback by public', '8.8.8.8', '::1', 30303, false],
    ['IPv6 LAN by public', '8.8.8.8', 'fd00::1', 30303, false],
    ['IPv6 public by public', '2600::1', '2601::1', 30303, true],
    ['unspecified', '127.0.0.1', '0.0.0.0', 30303, false],
    ['multicast', '8.8.8.8', '224.0.0.1', 30303, false],
    ['broadcast', '10.0.0.1', '255.255.255.255', 30303, false],
    ['documentation', '8.8.8.8', '203.0.113.7', 30303, false],
    ['IPv6 documentation', '8.8.8.8', '2001:db8::1', 30303, false],
    ['no address at all', '8.8.8.8', 'localhost', 30303, false],
  ];
  it.each(relays)('%s', (_, relayer, ip, port, allowed) => expect(rules.mayRelay(relayer, ip, port)).toBe(allowed));

  const statements: [name: string, voter: string, ip: string, port: number, allowed: boolean][] = [
    ['a public address', '8.8.8.8', '9.9.9.9', 30303, true],
    ['a public address with a system port', '8.8.8.8', '9.9.9.9', 443, true],
    ['no port', '8.8.8.8', '9.9.9.9', 0, false],
    ['a private address, from outside', '8.8.8.8', '192.168.1.1', 30303, false],
    ['a private address, from the LAN', '10.0.0.1', '192.168.1.1', 30303, true],
    ['loopback, from the LAN', '10.0.0.1', '127.0.0.1', 30303, false],
    ['loopback, from loopback', '127.0.0.1', '127.0.0.1', 30303, true],
    ['the unspecified address', '127.0.0.1', '0.0.0.0', 30303, false],
    ['multicast', '8.8.8.8', '224.0.0.1', 30303, false],
  ];
  it.each(statements)('statement that we are at %s', (_, voter, ip, port, allowed) =>
    expect(rules.mayState(voter, ip, port)).toBe(allowed),
  );

  it.each([
    { name: 'IPv4 /24', a: '8.8.8.1', b: '8.8.8.2', other: '8.8.9.1' },
    { name: 'IPv6 /32', a: '2600:1:1::1', b: '2600:1:2::1', other: '2600:2:1::1' },
  ])('one $name has one voice', ({ a, b, other }) => {
    expect(rules.voter(a)).toBeDefined();
    expect(rules.voter(a)).toBe(rules.voter(b));
    expect(rules.voter(a)).not.toBe(rules.voter(other));
    expect(rules.voter('127.0.0.1')).toBeUndefined();
  });

  it('treats loopback as public where that is asked for', () => {
    const routable = createAddressRules({ loopbackRoutable: true, groupLimits: true });
    expect(routable.mayRelay('8.8.8.8', '127.3.2.1', 30303)).toBe(true);
    expect(routable.subnets('127.3.2.1')?.near).toBe(routable.subnets('127.3.2.9')?.near);
    expect(rules.subnets('127.3.2.1')).toBeUndefined();
  });
});
