import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../../src/crypto/select.js';
import { seededRandom } from '../../../../src/sim/seeded-random.js';
import { simGenesis } from '../../../../src/sim/sim-genesis.js';
import { commonHeight, notMined } from '../../../../src/sim/workload/mined.js';
import { createWorkload } from '../../../../src/sim/workload/workload.js';
import { createWorld, type Fidelity, type World } from '../../../../src/sim/world.js';

beforeAll(async () => {
  await selectCrypto();
});

function begin(fidelity: Fidelity, resendMs?: number) {
  const random = seededRandom('workload');
  const workload = createWorkload({ accounts: 10, perSecond: 2, fidelity, ...(resendMs && { resendMs }) }, random);
  const genesis = simGenesis(workload.addresses, 2);
  const links = { latency: { kind: 'constant', ms: 20 }, datagramLoss: 0 } as const;
  const world = createWorld({ seed: 'workload', fidelity, genesis, links });
  const miner = world.addNode({ bootnodes: [], hashrate: 65_536 });
  for (let i = 0; i < 3; i++) world.addNode({ bootnodes: [miner], hashrate: 0 });
  for (const node of world.nodes) node.start();
  world.run(20_000);
  workload.begin(world, genesis.spec);
  return { workload, world };
}

const settled = (world: World): boolean => commonHeight(world.nodes, 0) !== undefined;

describe('createWorkload', () => {
  it.each(['exact', 'scale'] as const)('everything that was taken is mined (%s)', (fidelity) => {
    const { workload, world } = begin(fidelity);
    world.run(60_000);
    workload.end();
    const count = workload.accepted().length;
    expect(count).toBeGreaterThan(80);
    expect(workload.refused()).toBe(0);
    world.run(30_000);
    world.run(30_000, () => settled(world));
    expect(workload.accepted()).toHaveLength(count);
    for (const node of world.nodes) expect(notMined(node, workload.accepted())).toEqual([]);
    expect(notMined(world.nodes[0] as (typeof world.nodes)[0], workload.accepted(), 1)).toHaveLength(count);
  });

  it('wallets move to another node, and offer it what died with the first', () => {
    const { workload, world } = begin('scale', 30_000);
    for (let round = 0; round < 4; round++) {
      world.run(10_000);
      const victim = world.nodes[1 + (round % 3)];
      victim?.kill();
      world.run(5_000);
      victim?.start();
    }
    workload.end();
    world.run(120_000);
    expect(workload.refused()).toBe(0);
    for (const node of world.nodes) expect(notMined(node, workload.accepted())).toEqual([]);
  });
});
