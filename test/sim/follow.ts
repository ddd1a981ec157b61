import { resultOf, type Scenario, worldOptions } from '../../src/sim/scenario.js';
import { simGenesis } from '../../src/sim/sim-genesis.js';
import { createWorld } from '../../src/sim/world.js';

/** A miner and a follower: the follower must have a block within a minute. */
export const followScenario: Scenario = {
  name: 'follow',
  summary: 'a node that does not mine follows one that does',
  defaults: { nodes: 2, fidelity: 'exact' },
  small: { exact: { nodes: 2 }, scale: { nodes: 2 } },
  parameters: { waitMs: { default: 60_000, most: 600_000, summary: 'virtual time to wait for a block' } },
  run(options) {
    const links = { latency: { kind: 'constant', ms: 50 }, datagramLoss: 0 } as const;
    const world = createWorld({ ...worldOptions(options), genesis: simGenesis([], 2), links });
    const miner = world.addNode({ bootnodes: [], hashrate: 65_536 });
    const follower = world.addNode({ bootnodes: [miner], hashrate: 0 });
    for (const node of world.nodes) node.start();
    const waitMs = options.settings?.waitMs ?? 60_000;
    const pass = world.run(waitMs, () => follower.rooms().chain.head().header.number > 0);
    return resultOf('follow', options, world, pass ? [] : ['no block came'], { waitedMs: world.elapsedMs() });
  },
};
