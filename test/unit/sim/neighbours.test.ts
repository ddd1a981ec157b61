import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { SimNode } from '../../../src/sim/machines/sim-node.js';
import { simGenesis } from '../../../src/sim/sim-genesis.js';
import { createWorld } from '../../../src/sim/world.js';
import { compareDistance } from '../../../src/types/distance.js';

const CLOSEST = 16;

const tableOf = (node: SimNode) =>
  new Set(
    node
      .rooms()
      .swarm.discoveryTable()
      .flatMap(({ nodeId, replacement }) => (replacement ? [] : [nodeId])),
  );

beforeAll(async () => {
  await selectCrypto();
});

describe('nodes that start within moments of each other', () => {
  it('are in the tables of their neighbours two minutes later', () => {
    const world = createWorld({
      ...{ seed: 'neighbours', fidelity: 'scale', genesis: simGenesis([], 2) },
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0 },
    });
    const [nodes, gapMs] = [100, 10];
    const first: SimNode[] = [];
    for (let i = 0; i < nodes; i++) {
      const node = world.addNode({ bootnodes: [...first], hashrate: 0, maxPeers: 8 });
      if (i === 0) first.push(node);
      node.start();
      world.run(gapMs);
    }
    world.run(120_000);
    const tables = world.nodes.map((node) => ({ id: node.identity.nodeId, table: tableOf(node) }));
    const known = tables.map(
      ({ id }) =>
        tables
          .filter((other) => other.id !== id)
          .sort((a, b) => compareDistance(id, a.id, b.id))
          .slice(0, CLOSEST)
          .filter(({ table }) => table.has(id)).length,
    );
    expect(Math.min(...known)).toBeGreaterThanOrEqual(CLOSEST - 2);
  });
});
