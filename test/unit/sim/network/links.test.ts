import { describe, expect, it } from 'vitest';
import type { Latency } from '../../../../src/sim/network/latency.js';
import { createLinks, type LinkConfig } from '../../../../src/sim/network/links.js';
import { WORLD_2019 } from '../../../../src/sim/network/regions.js';

const config: LinkConfig = { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0 };
const ips = Array.from({ length: 60 }, (_, i) => `20.${i}.0.1`);
const pairs = ips.flatMap((a, i) => ips.slice(i + 1).map((b) => [a, b] as const));
const delays = (seed: string, of: LinkConfig = config): number[] => {
  const links = createLinks(of, seed);
  return pairs.map(([a, b]) => links.delayMs(links.site(a), links.site(b)));
};
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const LATENCIES: readonly { readonly name: string; readonly latency: Latency }[] = [
  { name: 'constant', latency: { kind: 'constant', ms: 40 } },
  { name: 'uniform', latency: config.latency },
  { name: 'log-normal', latency: { kind: 'log-normal', medianMs: 80, sigma: 0.5 } },
  { name: 'regions', latency: { kind: 'regions', map: WORLD_2019, sigma: 0.2 } },
];

describe('delays of links', () => {
  it.each(LATENCIES)('$name: the same in both directions, every time, and for the same seed', ({ latency }) => {
    const links = createLinks({ latency, datagramLoss: 0 }, '1');
    // Asked for in another order, as nodes that come later would.
    const backwards = [...pairs].reverse().map(([a, b]) => links.delayMs(links.site(b), links.site(a)));
    expect(backwards.reverse()).toEqual(delays('1', { latency, datagramLoss: 0 }));
    if (latency.kind !== 'constant') expect(delays('2', { latency, datagramLoss: 0 })).not.toEqual(backwards);
  });

  it('are spread evenly over their range', () => {
    const all = delays('1');
    expect(Math.min(...all)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...all)).toBeLessThanOrEqual(150);
    for (const tenth of [10, 24, 38, 52, 66, 80, 94, 108, 122, 136]) {
      const share = all.filter((ms) => ms >= tenth && ms < tenth + 14).length / all.length;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });

  it('are log-normal: half below the median, and as many below it times e^-sigma as above it times e^sigma', () => {
    const all = delays('1', { latency: { kind: 'log-normal', medianMs: 100, sigma: 0.5 }, datagramLoss: 0 });
    const share = (holds: (ms: number) => boolean): number => all.filter(holds).length / all.length;
    expect(Math.abs(median(all) - 100)).toBeLessThan(6);
    expect(share((ms) => ms < 100 * Math.exp(-0.5))).toBeCloseTo(0.159, 1);
    expect(share((ms) => ms > 100 * Math.exp(0.5))).toBeCloseTo(0.159, 1);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(1);
  });

  it('follow the regions of the two, and addresses the shares of the regions', () => {
    const links = createLinks({ latency: { kind: 'regions', map: WORLD_2019, sigma: 0 }, datagramLoss: 0 }, '1');
    const tokyo = links.site('1.1.1.1', { region: 'japan' });
    const berlin = links.site('2.2.2.2', { region: 'europe' });
    expect([links.delayMs(tokyo, berlin), links.delayMs(berlin, berlin)]).toEqual([126, 5.5]);
    const counts = new Map<number, number>();
    for (let i = 0; i < 4_000; i++) {
      const { region } = links.site(`30.${i >> 8}.${i & 255}.1`);
      counts.set(region, (counts.get(region) ?? 0) + 1);
    }
    for (const [index, { share }] of WORLD_2019.regions.entries()) {
      expect(Math.abs((counts.get(index) ?? 0) / 4_000 - share)).toBeLessThan(0.03);
    }
  });

  it('has a table that is symmetric and complete, and shares that make a whole', () => {
    const { regions, medianMs } = WORLD_2019;
    expect(medianMs.map((row) => row.length)).toEqual(regions.map(() => regions.length));
    expect(medianMs).toEqual(regions.map((_, a) => medianMs.map((row) => row[a])));
    expect(regions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });
});

describe('queues of links', () => {
  const bandwidth = { upBytesPerS: 1_000, downBytesPerS: 2_000 };
  const slow: LinkConfig = { latency: { kind: 'constant', ms: 10 }, datagramLoss: 0, bandwidth };

  it('let messages leave and be received one after the other', () => {
    const links = createLinks(slow, '1');
    const [a, b] = [links.site('a'), links.site('b')];
    expect([500, 500].map((bytes) => links.arrivalMs(a, b, bytes, 0))).toEqual([510, 1_010]);
    expect(links.arrivalMs(a, b, 1, 5_000)).toBe(5_011);
    expect([500, 500].map((bytes) => links.receivedMs(b, bytes, 510))).toEqual([760, 1_010]);
    expect(links.receivedMs(b, 2, 5_011)).toBe(5_012);
    // Half a millisecond is nothing, but the next one waits for it.
    expect(links.receivedMs(b, 1, 6_000)).toBe(6_000);
    expect(links.receivedMs(b, 1, 6_000)).toBe(6_001);
  });

  it('let no small message overtake one that has been received at the same moment', () => {
    const links = createLinks(slow, '1');
    const at = links.site('b');
    expect(links.receivedMs(at, 500, 1_000)).toBe(1_250);
    expect(links.receivedMs(at, 1, 1_250)).toBe(1_250.5);
  });

  it('let no datagram wait long behind streams', () => {
    const links = createLinks(slow, '1');
    const [a, b] = [links.site('a'), links.site('b')];
    links.arrivalMs(a, b, 60_000, 0);
    expect(links.datagramArrivalMs(a, b, 100, 0)).toBe(110);
    links.receivedMs(b, 60_000, 0);
    expect(links.datagramReceivedMs(b, 100, 0)).toBe(100);
  });

  it('are as long as the address says, then its region, then the world', () => {
    const latency = { kind: 'regions', map: WORLD_2019, sigma: 0 } as const;
    const links = createLinks({ latency, datagramLoss: 0, bandwidth: 'regional' }, '1');
    const own = links.site('1.1.1.1', { region: 'japan', bandwidth });
    const regional = links.site('2.2.2.2', { region: 'japan' });
    expect([own.upMsPerByte, own.downMsPerByte]).toEqual([1, 0.5]);
    expect(regional.upMsPerByte).toBeCloseTo(8_000 / 10.2e6);
    expect(createLinks(config, '1').site('a')).toMatchObject({ upMsPerByte: 0, downMsPerByte: 0 });
  });

  it('give jitter up to its share, from the luck of the sender alone', () => {
    const jittery: LinkConfig = { latency: { kind: 'constant', ms: 100 }, datagramLoss: 0.5, jitter: 0.2 };
    const draw = (others: boolean): number[] => {
      const links = createLinks(jittery, '1');
      const [a, b] = [links.site('a'), links.site('b')];
      return Array.from({ length: 200 }, () => {
        if (others) links.losesDatagram(b);
        return links.arrivalMs(a, b, 1, 0);
      });
    };
    expect(Math.min(...draw(false))).toBeGreaterThanOrEqual(100);
    expect(Math.max(...draw(false))).toBeLessThanOrEqual(120);
    expect(new Set(draw(false)).size).toBeGreaterThan(190);
    expect(draw(true)).toEqual(draw(false));
  });

  it('lose about the share of datagrams that they are told to', () => {
    const links = createLinks({ latency: { kind: 'constant', ms: 1 }, datagramLoss: 0.25 }, 's');
    const site = links.site('a');
    const lost = Array.from({ length: 4_000 }, () => links.losesDatagram(site)).filter(Boolean).length;
    expect(lost).toBeGreaterThan(850);
    expect(lost).toBeLessThan(1_150);
  });
});
