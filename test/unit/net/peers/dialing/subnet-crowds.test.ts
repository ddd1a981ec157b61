import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SubnetCrowds } from '../../../../../src/net/peers/dialing/subnet-crowds.js';

const countOf = (ips: readonly string[], prefix: string): number => ips.filter((ip) => ip.startsWith(prefix)).length;

describe('SubnetCrowds', () => {
  it('counts as one would by hand, whoever comes and goes', () => {
    const place = fc.record({ wide: fc.nat(2), near: fc.nat(2), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 60 }), (moves) => {
        const crowds = new SubnetCrowds();
        const ips: string[] = [];
        for (const { wide, near, leaves } of moves) {
          const ip = `20.${wide}.${near}.1`;
          if (!leaves) {
            ips.push(ip);
            expect(crowds.add(ip).size).toBe(countOf(ips, `20.${wide}.`));
          } else if (ips.includes(ip)) {
            ips.splice(ips.indexOf(ip), 1);
            crowds.remove(ip);
          }
          expect(crowds.near(ip)).toBe(countOf(ips, `20.${wide}.${near}.`));
          expect(crowds.wide(ip)).toBe(countOf(ips, `20.${wide}.`));
          expect(crowds.largest()).toBe(Math.max(...[0, 1, 2].map((other) => countOf(ips, `20.${other}.`))));
        }
      }),
    );
  });
});
