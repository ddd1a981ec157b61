import { describe, expect, it } from 'vitest';
import { formatEnode, parseEnode } from '../../../src/types/enode.js';

const KEY = 'ab'.repeat(64);
const publicKey = `0x${KEY}`;

describe('parseEnode', () => {
  const valid: [name: string, rest: string, endpoint: unknown][] = [
    ['no address', '', undefined],
    ['IPv4', '@10.0.0.1:30303', { ip: '10.0.0.1', tcpPort: 30303, udpPort: 30303 }],
    ['IPv6', '@[2001:DB8::1]:1', { ip: '2001:db8::1', tcpPort: 1, udpPort: 1 }],
    ['another UDP port', '@10.0.0.1:30303?discport=30301', { ip: '10.0.0.1', tcpPort: 30303, udpPort: 30301 }],
    ['no UDP port', '@10.0.0.1:30303?discport=0', { ip: '10.0.0.1', tcpPort: 30303, udpPort: 0 }],
    ['IPv4 in IPv6', '@[::ffff:10.0.0.1]:5', { ip: '10.0.0.1', tcpPort: 5, udpPort: 5 }],
  ];
  it.each(valid)('%s', (_, rest, endpoint) => {
    const parsed = parseEnode(`enode://${KEY}${rest}`);
    expect(parsed).toEqual({ ok: true, value: { publicKey, endpoint } });
    if (parsed.ok) expect(parseEnode(formatEnode(parsed.value))).toEqual(parsed);
  });

  it('a key in capitals is the same key', () => {
    expect(parseEnode(`enode://${KEY.toUpperCase()}`)).toMatchObject({ ok: true, value: { publicKey } });
  });

  it.each([
    ['a host name', '@localhost:1'],
    ['IPv6 without brackets', '@::1:30303'],
    ['IPv4 in brackets', '@[10.0.0.1]:1'],
    ['a port above 65535', '@10.0.0.1:65536'],
    ['a discport above 65535', '@10.0.0.1:1?discport=99999'],
    ['no port', '@10.0.0.1'],
    ['something behind', '@10.0.0.1:1 '],
    ['another query', '@10.0.0.1:1?foo=1'],
    ['a short key', '\b'],
  ])('refuses %s', (_, rest) => expect(parseEnode(`enode://${KEY}${rest}`).ok).toBe(false));
});
