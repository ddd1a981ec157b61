import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalIp, ipFromBytes, ipToBytes } from '../../../src/types/ip.js';

describe('canonicalIp', () => {
  const cases: [name: string, text: string, canonical: string | undefined][] = [
    ['IPv4', '127.0.0.1', '127.0.0.1'],
    ['IPv4 with an octal-looking part', '127.0.0.01', undefined],
    ['IPv4 part above 255', '1.2.3.256', undefined],
    ['IPv4 of three parts', '1.2.3', undefined],
    ['IPv6 loopback', '::1', '::1'],
    ['IPv6 unspecified', '0:0:0:0:0:0:0:0', '::'],
    ['IPv6 in capitals', '2001:DB8::A', '2001:db8::a'],
    ['the longest zero run is left out', '1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['of two equal runs the first', '1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['a single zero group stays', '1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['zeros at the end', 'fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['IPv4-mapped', '::ffff:10.0.0.1', '10.0.0.1'],
    ['IPv4-mapped in hex', '::ffff:a00:1', '10.0.0.1'],
    ['seven groups', '1:2:3:4:5:6:7', undefined],
    ['nine groups', '1:2:3:4:5:6:7:8:9', undefined],
    ['two gaps', '1::2::3', undefined],
    ['dotted IPv4 in front of a gap', '1.2.3.4::1', undefined],
    ['a zone', 'fe80::1%eth0', undefined],
    ['a host name', 'localhost', undefined],
    ['nothing', '', undefined],
  ];
  it.each(cases)('%s', (_, text, canonical) => expect(canonicalIp(text)).toBe(canonical));

  it('reads back what it writes, for any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    const sparse = fc
      .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
      .map((a) => Uint8Array.from(a));
    fc.assert(
      fc.property(fc.oneof(bytes, sparse), (address) => {
        const text = ipFromBytes(address) ?? '';
        expect(isIP(text)).toBeGreaterThan(0);
        expect(ipFromBytes(ipToBytes(text) ?? address.subarray(1))).toBe(text);
      }),
    );
  });
});
