import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { SimNode } from '../../../src/sim/machines/sim-node.js';
import { simGenesis } from '../../../src/sim/sim-genesis.js';
import { createWorld, type World } from '../../../src/sim/world.js';

const NODES = 16;
/** Three dialed and six accepted: in a half there are enough others to fill the dialed slots. */
const MAX_PEERS = 9;

function begin(): World {
  const links = { latency: { kind: 'uniform', fromMs: 10, toMs: 100 }, datagramLoss: 0 } as const;
  const world = createWorld({ seed: 'rejoin', fidelity: 'scale', genesis: simGenesis([], 2), links });
  for (let i = 0; i < NODES; i++) {
    world.addNode({ bootnodes: world.nodes.slice(0, 2), hashrate: 0, maxPeers: MAX_PEERS }).start();
    world.run(200);
  }
  world.run(60_000);
  return world;
}

function across(world: World, left: readonly SimNode[], right: readonly SimNode[]): number {
  const ids = new Set(right.map((node) => node.identity.nodeId));
  const peersOf = (node: SimNode) => node.rooms().swarm.peers(world.nowMs());
  return left.reduce((sum, node) => sum + peersOf(node).filter(({ id }) => ids.has(id)).length, 0);
}

/** Nodes of the other side in the discovery tables of one, all together. */
function known(side: readonly SimNode[], other: readonly SimNode[]): number {
  const ids = new Set(other.map((node) => node.identity.nodeId));
  const inTables = side.flatMap((node) => node.rooms().swarm.discoveryTable());
  return inTables.filter(({ nodeId }) => ids.has(nodeId)).length;
}

beforeAll(async () => {
  await selectCrypto();
});

describe('a network that was cut in two', () => {
  it.each([{ minutes: 2 }, { minutes: 30 }])(
    'finds itself again after $minutes minutes',
    ({ minutes }) => {
      const world = begin();
      const [left, right] = [world.nodes.slice(0, NODES / 2), world.nodes.slice(NODES / 2)];
      expect(across(world, left, right)).toBeGreaterThan(0);
      world.partition([left, right]);
      world.run(minutes * 60_000);
      expect(across(world, left, right)).toBe(0);
      const slotsTaken = world.nodes.filter((node) => node.rooms().swarm.counters().peersOutbound >= MAX_PEERS / 3);
      expect(slotsTaken.length).toBeGreaterThan(NODES / 2);
      if (minutes >= 30) expect(known(left, right)).toBe(0);
      world.heal();
      // The pause between two attempts is a two-hundredth of the cut, and an attempt that began before its end is lost.
      world.run(10_000 + (minutes * 60_000) / 100);
      expect(across(world, left, right)).toBeGreaterThanOrEqual(4);
      world.run(120_000);
      expect(known(left, right)).toBeGreaterThan(NODES);
      for (const node of world.nodes) {
        const { peersInbound, peersOutbound } = node.rooms().swarm.counters();
        expect(peersInbound + peersOutbound).toBeLessThanOrEqual(MAX_PEERS);
        expect(node.rooms().swarm.bans(world.nowMs())).toEqual([]);
      }
    },
    300_000,
  );
});
