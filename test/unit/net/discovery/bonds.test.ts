import { describe, expect, it } from 'vitest';
import { BOND_LIFETIME_MS, Bonds, MAX_BONDS } from '../../../../src/net/discovery/bonds.js';
import { nodeRecord } from '../../../support/node-records.js';

const { nodeId } = nodeRecord('node');
const address = { ip: '1.2.3.4', port: 30303 };

describe('bonds', () => {
  it('hold for one node at one address and port, for 12 hours', () => {
    const bonds = new Bonds();
    bonds.proved(0, nodeId, address);
    expect(bonds.isProved(BOND_LIFETIME_MS - 1, nodeId, address)).toBe(true);
    expect(bonds.isProved(BOND_LIFETIME_MS, nodeId, address)).toBe(false);
    expect(bonds.isProved(1, nodeId, { ...address, port: 1 })).toBe(false);
    expect(bonds.isProved(1, nodeId, { ...address, ip: '1.2.3.5' })).toBe(false);
    expect(bonds.isProved(1, nodeRecord('other').nodeId, address)).toBe(false);
    expect(bonds.isOursProved(1, nodeId, address)).toBe(false);
  });

  it('hold for several addresses of one node, the last four', () => {
    const bonds = new Bonds();
    const at = (port: number) => ({ ip: '1.2.3.4', port });
    for (const port of [1, 2, 3, 2, 4, 5]) bonds.proved(0, nodeId, at(port));
    expect([1, 2, 3, 4, 5].map((port) => bonds.isProved(1, nodeId, at(port)))).toEqual([false, true, true, true, true]);
  });

  it('are kept of a node that keeps proving its address, however many others come and go', () => {
    const bonds = new Bonds();
    for (let i = 0; i < 3 * MAX_BONDS; i++) {
      if (i % 100 === 0) bonds.proved(i * 250, nodeId, address);
      bonds.proved(i * 250, nodeRecord(i).nodeId, { ip: '5.5.5.5', port: i });
    }
    expect(bonds.isProved(3 * MAX_BONDS * 250, nodeId, address)).toBe(true);
  });

  it('tell without the signer whether an address may be proved, and stay bounded', () => {
    const bonds = new Bonds();
    bonds.proved(0, nodeId, address);
    expect(bonds.mayBeProved(address)).toBe(true);
    for (let i = 0; i < MAX_BONDS; i++) bonds.proved(0, nodeRecord(i).nodeId, { ip: '5.5.5.5', port: i });
    expect(bonds.mayBeProved(address)).toBe(false);
    expect(bonds.isProved(1, nodeId, address)).toBe(false);
    expect(bonds.mayBeProved({ ip: '5.5.5.5', port: MAX_BONDS - 1 })).toBe(true);
  });
});
