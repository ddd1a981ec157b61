import { slotQuota } from '../../net/peers/slots.js';
import { type ProbeTally, prober } from '../adversary/prober.js';
import { settingsOf } from '../parameters.js';
import { percentile } from '../percentile.js';
import { WORLD_2019 } from '../regions.js';
import { resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
/** Where the bootnodes are, and those that ask them: what they answer is to depend on the crowd, not on the distance. */
const BOOTNODE_REGION = 'north-america';
const PARAMETERS = {
  settled: { default: 200, least: 4, most: 100_000, summary: 'nodes that are there before the crowd comes' },
  maxPeers: {
    default: 50,
    least: 3,
    most: 500,
    summary: 'peers that a node takes; a third of them are its own choice',
  },
  settleMs: { default: 60_000, most: 3_600_000, summary: 'virtual time that the first nodes have for themselves' },
  joinMs: { default: 60_000, least: 1, most: 3_600_000, summary: 'virtual time within which the crowd comes' },
  slotsMs: { default: 300_000, most: 3_600_000, summary: 'virtual time within which each has its outbound slots full' },
};
const SETTLED_EVERY_MS = 100;
const LOOK_MS = 1_000;
/** Each bootnode is asked this often, from an address of its own. */
const PROBE_MS = 1_000;
const LEAST_ANSWERED = 0.99;

/** When each node had all its outbound slots in use for the first time. */
interface Arrivals {
  look(): void;
  /** Times from start to full, in ms, of those that made it. */
  readonly tookMs: number[];
  missing(): number;
  add(node: SimNode): void;
}

function watchArrivals(world: World, quota: number): Arrivals {
  const waiting = new Map<SimNode, number>(); // BOUNDED: by the nodes of the world
  const tookMs: number[] = [];
  return {
    tookMs,
    missing: () => waiting.size,
    add: (node) => waiting.set(node, world.nowMs()),
    look() {
      for (const [node, startedMs] of waiting) {
        if (node.rooms().swarm.counters().dialedSlots < quota) continue;
        waiting.delete(node);
        tookMs.push(world.nowMs() - startedMs);
      }
    },
  };
}

/** A network of hundreds, which thousands join within a minute through three bootnodes. */
export const flashCrowdScenario: Scenario = {
  name: 'flash-crowd',
  summary: '200 nodes, then 2,000 join within a minute; all fill their outbound slots, bootnodes answer throughout',
  defaults: { nodes: 2_200, fidelity: 'scale' },
  parameters: PARAMETERS,
  small: {
    exact: { nodes: 16, settings: { settled: 5, maxPeers: 6, settleMs: 20_000, joinMs: 5_000 } },
    scale: { nodes: 110, settings: { settled: 10, maxPeers: 12, settleMs: 30_000 } },
  },
  longestMs(nodes, settings) {
    const { settled, settleMs, joinMs, slotsMs } = settingsOf(PARAMETERS, settings);
    return Math.min(settled, nodes) * SETTLED_EVERY_MS + settleMs + joinMs + slotsMs;
  },
  run(options) {
    const { settled, maxPeers, settleMs, joinMs, slotsMs } = settingsOf(PARAMETERS, options.settings);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: {
        latency: { kind: 'regions', map: WORLD_2019, sigma: 0.2 },
        ...{ datagramLoss: 0, jitter: 0.1, bandwidth: 'regional' },
      },
    });
    const bootnodes: SimNode[] = [];
    function join(role: string): SimNode {
      const region = role === 'bootnode' ? BOOTNODE_REGION : undefined;
      const node = world.addNode({ bootnodes: [...bootnodes], hashrate: 0, maxPeers, role, region });
      node.start();
      return node;
    }
    for (let i = 0; i < Math.min(settled, options.nodes); i++) {
      const node = join(i < BOOTNODES ? 'bootnode' : 'settled');
      if (i < BOOTNODES) bootnodes.push(node);
      world.run(SETTLED_EVERY_MS);
    }
    world.run(settleMs);

    const tallies = bootnodes.map(({ address }) => {
      const tally: ProbeTally = { asked: 0, answered: 0, tookMs: [] };
      world.addOutsider(prober(address, PROBE_MS, tally), { region: BOOTNODE_REGION }).start();
      return tally;
    });
    world.moment('the crowd comes');
    const random = seededRandom(`${options.seed}/crowd`);
    const arrivals = watchArrivals(world, slotQuota(maxPeers).dialed);
    const comers = Math.max(0, options.nodes - settled);
    for (let i = 0; i < comers; i++) world.after(random.float() * joinMs, () => arrivals.add(join('newcomer')));
    let restMs = joinMs + slotsMs;
    while (restMs > 0 && (restMs > slotsMs || arrivals.missing() > 0)) {
      world.run(LOOK_MS);
      restMs -= LOOK_MS;
      arrivals.look();
    }
    world.moment('all have come');

    const late = arrivals.tookMs.filter((ms) => ms > slotsMs).length + arrivals.missing();
    // The last question of each may still be under way.
    const asked = tallies.reduce((sum, tally) => sum + tally.asked, 0) - tallies.length;
    const answered = Math.min(1, tallies.reduce((sum, tally) => sum + tally.answered, 0) / Math.max(1, asked));
    const failures: string[] = [];
    if (late > 0) failures.push(`${late} of ${comers} newcomers had free outbound slots after ${slotsMs / 1000} s`);
    if (answered < LEAST_ANSWERED)
      failures.push(`bootnodes answered ${(100 * answered).toFixed(1)} % of the questions`);
    return resultOf('flash-crowd', options, world, failures, {
      newcomers: comers,
      slotsMedianMs: percentile(arrivals.tookMs, 0.5),
      slotsP99Ms: percentile(arrivals.tookMs, 0.99),
      slotsMostMs: percentile(arrivals.tookMs, 1),
      bootnodesAsked: asked,
      bootnodesAnswered: answered,
      bootnodesP99Ms: percentile(
        tallies.flatMap((tally) => tally.tookMs),
        0.99,
      ),
    });
  },
};
