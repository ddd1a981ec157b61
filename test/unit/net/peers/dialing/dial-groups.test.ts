import { describe, expect, it } from 'vitest';
import { keepsDiversity } from '../../../../../src/net/peers/dialing/dial-groups.js';

describe('diversity of our own choice', () => {
  it.each([
    { name: 'a first peer', ip: '198.51.100.1', outbound: [], keeps: true },
    { name: 'a third of one /24', ip: '198.51.100.1', outbound: ['198.51.100.2', '198.51.100.3'], keeps: false },
    {
      name: 'a fifth of one /16',
      ip: '198.51.100.1',
      outbound: ['198.51.1.1', '198.51.2.1', '198.51.3.1', '198.51.4.1'],
      keeps: false,
    },
    {
      name: 'another /16',
      ip: '203.0.113.1',
      outbound: ['198.51.1.1', '198.51.1.2', '198.51.3.1', '198.51.4.1'],
      keeps: true,
    },
  ])('$name', ({ ip, outbound, keeps }) => expect(keepsDiversity(ip, outbound)).toBe(keeps));
});
