import { describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../../src/crypto/select.js';
import type { SimNode } from '../../../../src/sim/machines/sim-node.js';
import { ALWAYS, watchRun } from '../../../../src/sim/observe/watch-run.js';
import { addMember, drawPopulation, type MemberGroup } from '../../../../src/sim/population/population.js';
import { seededRandom } from '../../../../src/sim/seeded-random.js';
import { simGenesis } from '../../../../src/sim/sim-genesis.js';
import { createWorld, type World } from '../../../../src/sim/world.js';

await selectCrypto();

const LINKS = { latency: { kind: 'uniform', fromMs: 10, toMs: 60 }, datagramLoss: 0 } as const;

function emptyWorld(): World {
  const watch = watchRun({ invariants: ALWAYS, everyMs: 1_000 });
  return createWorld({ seed: 'population', fidelity: 'scale', genesis: simGenesis([], 2), links: LINKS, watch });
}

/** The lowest number of peers that any of them has. */
const leastPeers = (nodes: readonly SimNode[]): number =>
  Math.min(...nodes.map((node) => node.rooms().swarm.peers(node.nowMs()).length));

describe('population', () => {
  const groups: readonly MemberGroup[] = [
    { kind: 'miner', hashShare: 0.75, count: 1 },
    { kind: 'miner', hashShare: 0.25, count: 1 },
    { kind: 'unreachable', nat: 'symmetric', share: 0.2 },
    { kind: 'light', bandwidth: { upBytesPerS: 125_000, downBytesPerS: 500_000 }, maxPeers: 6, share: 0.1 },
    { kind: 'silent', silence: 'mute', count: 1 },
    { kind: 'silent', silence: 'polite', count: 1 },
  ];

  it('has of each kind what was asked for, and honest ones for the rest, in an order from the seed', () => {
    const draw = (seed: string) => drawPopulation(seededRandom(seed), 20, groups).map(({ kind }) => kind);
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('b')).not.toEqual(draw('a'));
    const counts = new Map<string, number>();
    for (const kind of draw('a')) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ miner: 2, unreachable: 4, light: 2, silent: 2, honest: 10 });
    expect(() => drawPopulation(seededRandom('a'), 4, groups)).toThrow('room');
  });

  it('lives together on one chain', { timeout: 120_000 }, () => {
    const world = emptyWorld();
    const bootnodes = [world.addNode({ bootnodes: [], hashrate: 0, role: 'bootnode' })];
    bootnodes[0]?.start();
    for (const member of drawPopulation(seededRandom('a'), 20, groups)) {
      addMember(world, member, { bootnodes, hashrate: 65_536, maxPeers: 18 }).start();
      world.run(200);
    }
    world.run(90_000);
    const heads = world.nodes.map((node) => node.rooms().chain.head().header.number);
    expect(Math.min(...heads)).toBeGreaterThan(10);
    expect(Math.max(...heads) - Math.min(...heads)).toBeLessThan(4);
    const light = world.nodes.filter(({ role }) => role === 'light');
    expect(light.every((node) => node.rooms().swarm.peers(node.nowMs()).length <= 6)).toBe(true);
    expect(leastPeers(world.nodes)).toBeGreaterThanOrEqual(2);
  });
});

describe('a world at planned addresses', () => {
  it('finds itself over IPv4 and IPv6, within the limits by subnet', { timeout: 60_000 }, () => {
    const world = emptyWorld();
    for (let i = 0; i < 12; i++) {
      const family = i % 3 === 0 ? 'ipv6' : 'ipv4';
      // Two to a /24 and a /48, six systems.
      const address = world.addresses.at({ family, asn: i % 6, wide: 0, near: Math.floor(i / 6) });
      world.addNode({ bootnodes: world.nodes.slice(0, 2), hashrate: 0, address }).start();
      world.run(200);
    }
    world.run(60_000);
    expect(leastPeers(world.nodes)).toBeGreaterThanOrEqual(5);
    const ips = new Set(world.nodes.map(({ address }) => address.ip));
    expect([...ips].filter((ip) => ip.includes(':'))).toHaveLength(4);
  });
});
