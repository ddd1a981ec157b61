import { describe, expect, it } from 'vitest';
import { createAddressRules } from '../../../../src/net/discovery/address-rules.js';
import { TrafficLimits } from '../../../../src/net/discovery/limits.js';

const address = { ip: '1.2.3.4', port: 30303 };

describe('traffic limits', () => {
  const limits = (): TrafficLimits =>
    new TrafficLimits(createAddressRules({ loopbackRoutable: false, groupLimits: true }));
  const passed = (times: number, take: () => boolean): number =>
    Array.from({ length: times }, take).filter(Boolean).length;

  it('let 50 packets of an address pass at once, then 10 a second', () => {
    const limit = limits();
    expect(passed(100, () => limit.admitPacket(0, address))).toBe(50);
    expect(passed(100, () => limit.admitPacket(1000, address))).toBe(10);
    expect(limit.admitPacket(1000, { ...address, port: 1 })).toBe(false);
  });

  it('let a /24 send 150 at once, then 30 a second', () => {
    const limit = limits();
    let host = 0;
    const take = (now: number) => () => limit.admitPacket(now, { ip: `1.2.3.${host++ % 250}`, port: 1 });
    expect(passed(500, take(0))).toBe(150);
    expect(passed(500, take(1000))).toBe(30);
  });

  it('ping back 16 times, then once in 10 s', () => {
    const limit = limits();
    expect(passed(50, () => limit.admitPingBack(0, address))).toBe(16);
    expect(passed(50, () => limit.admitPingBack(20_000, address))).toBe(2);
  });

  it('ping a hearsay address once a minute, a /24 ten times', () => {
    const limit = limits();
    expect(passed(5, () => limit.admitHearsayPing(0, address))).toBe(1);
    expect(limit.admitHearsayPing(59_000, address)).toBe(false);
    expect(limit.admitHearsayPing(60_000, address)).toBe(true);
    let host = 0;
    expect(passed(50, () => limit.admitHearsayPing(0, { ip: `9.9.9.${host++}`, port: 1 }))).toBe(10);
  });

  it('count each port of a local address by itself', () => {
    const limit = limits();
    let port = 0;
    expect(passed(500, () => limit.admitHearsayPing(0, { ip: '127.0.0.1', port: port++ }))).toBe(500);
    expect(passed(100, () => limit.admitPacket(0, { ip: '127.0.0.1', port: 1 }))).toBe(50);
  });
});
