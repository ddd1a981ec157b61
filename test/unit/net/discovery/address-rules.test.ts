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

  it('treats loopback as public where that is asked for', () => {
    const routable = createAddressRules({ loopbackRoutable: true, groupLimits: true });
    expect(routable.mayRelay('8.8.8.8', '127.3.2.1', 30303)).toBe(true);
    expect(routable.subnets('127.3.2.1')?.near).toBe(routable.subnets('127.3.2.9')?.near);
    expect(rules.subnets('127.3.2.1')).toBeUndefined();
  });
});
