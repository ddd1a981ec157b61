import { describe, expect, it } from 'vitest';
import { createNat, MAPPING_MS, type NatKind } from '../../../../src/sim/network/nat.js';

const PEER = { ip: '20.0.0.1', port: 30303 };
const SAME_IP = { ip: '20.0.0.1', port: 40404 };
const STRANGER = { ip: '21.0.0.1', port: 30303 };

interface Case {
  readonly kind: Exclude<NatKind, 'open'>;
  /** Who gets in after a datagram to PEER. */
  readonly lets: readonly boolean[];
  readonly onePort: boolean;
  readonly ownPort: boolean;
}

const CASES: readonly Case[] = [
  { kind: 'full-cone', lets: [true, true, true], onePort: true, ownPort: false },
  { kind: 'address-restricted', lets: [true, true, false], onePort: true, ownPort: false },
  { kind: 'symmetric', lets: [true, false, false], onePort: false, ownPort: false },
  { kind: 'firewalled', lets: [true, false, false], onePort: true, ownPort: true },
];

describe.each(CASES)('NAT of kind $kind', ({ kind, lets, onePort, ownPort }) => {
  it('lets in whom it should', () => {
    const nat = createNat(kind, 30303);
    expect([PEER, SAME_IP, STRANGER].map((from) => nat.lets(30303, from, 0))).toEqual([false, false, false]);
    const port = nat.outgoing(PEER, 0);
    expect(port === 30303).toBe(ownPort);
    expect(port).toBeGreaterThan(1024);
    expect([PEER, SAME_IP, STRANGER].map((from) => nat.lets(port, from, 1))).toEqual(lets);
    expect(nat.lets(port + 1, PEER, 1)).toBe(false);
  });

  it('has one external port for all, or one for each', () => {
    const nat = createNat(kind, 30303);
    const ports = [PEER, SAME_IP, STRANGER, PEER].map((to) => nat.outgoing(to, 0));
    expect(new Set(ports).size).toBe(onePort ? 1 : 3);
    expect(ports[3]).toBe(ports[0]);
  });

  it('closes the way back after a silence, and keeps it open while something goes out', () => {
    const nat = createNat(kind, 30303);
    const port = nat.outgoing(PEER, 0);
    expect(nat.lets(port, PEER, MAPPING_MS - 1)).toBe(true);
    expect(nat.outgoing(PEER, MAPPING_MS - 1)).toBe(port);
    expect(nat.lets(port, PEER, 2 * MAPPING_MS - 2)).toBe(true);
    expect(nat.lets(port, PEER, 2 * MAPPING_MS - 1)).toBe(false);
  });
});
