import { slotQuota } from '../../net/peers/slots.js';
import { emptyTally, type ProbeTally, prober } from '../adversary/prober.js';
import { WORLD_2019 } from '../network/regions.js';
import { settingsOf } from '../parameters.js';
import { arrive, BOOTNODES } from '../population/arrivals.js';
import { runUntil } from '../run-until.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { percentile } from '../survey/percentile.js';
import { watchSlots } from '../survey/slot-watch.js';
import { createWorld } from '../world.js';

/** Where the bootnodes are, and those that ask them: what they answer is to depend on the crowd, not on the distance. */
const BOOTNODE_REGION = 'north-america';
/** Three bootnodes, and one that they know. */
const LEAST_SETTLED = 4;
const PARAMETERS = {
  settled: {
    default: 200,
    least: LEAST_SETTLED,
    most: 100_000,
    summary: 'nodes that are there before the crowd comes',
  },
  maxPeers: {
    ...{ default: 50, least: 3, most: 500 },
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

/** A network of hundreds, which thousands join within a minute through three bootnodes. */
export const flashCrowdScenario: Scenario = {
  name: 'flash-crowd',
  summary: '200 nodes, then 2,000 join within a minute; all fill their outbound slots, bootnodes answer throughout',
  defaults: { nodes: 2_200, fidelity: 'scale' },
  parameters: PARAMETERS,
  leastNodes: LEAST_SETTLED + 1,
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
    const first = Math.min(settled, options.nodes);
    const newcomer = (index: number) =>
      index < BOOTNODES ? { maxPeers, role: 'bootnode', region: BOOTNODE_REGION } : { maxPeers, role: 'settled' };
    arrive(world, { nodes: first, gapMs: () => SETTLED_EVERY_MS, newcomer });
    world.run(settleMs);

    const bootnodes = world.nodes.slice(0, BOOTNODES);
    const tallies = bootnodes.map(({ address }) => {
      const tally = emptyTally();
      world.addOutsider(prober(address, PROBE_MS, tally), { region: BOOTNODE_REGION }).start();
      return tally;
    });
    world.moment('the crowd comes');
    const random = seededRandom(`${options.seed}/crowd`);
    const slots = watchSlots(world, slotQuota(maxPeers).dialed);
    const comers = options.nodes - first;
    for (let i = 0; i < comers; i++) {
      world.after(random.float() * joinMs, () => {
        const node = world.addNode({ bootnodes, hashrate: 0, maxPeers, role: 'newcomer' });
        node.start();
        slots.add(node);
      });
    }
    const comeMs = world.elapsedMs() + joinMs;
    runUntil(world, joinMs + slotsMs, LOOK_MS, () => {
      slots.look();
      return world.elapsedMs() >= comeMs && slots.missing() === 0;
    });
    world.moment('all have come');

    const late = slots.tookMs.filter((ms) => ms > slotsMs).length + slots.missing();
    const total = (of: (tally: ProbeTally) => number): number => tallies.reduce((sum, tally) => sum + of(tally), 0);
    // The last question of each may still be under way.
    const asked = total((tally) => tally.asked - 1);
    const answered = Math.min(1, total((tally) => tally.answered) / Math.max(1, asked));
    const answerMs = tallies.flatMap(({ tookMs }) => tookMs);
    const failures = missed(
      [
        comers < 1,
        `nobody joined the ${first} nodes: give more with --nodes, or let fewer be there before with --set settled=N`,
      ],
      [late > 0, `${late} of ${comers} newcomers had free outbound slots after ${slotsMs / 1000} s`],
      [answered < LEAST_ANSWERED, `bootnodes answered ${(100 * answered).toFixed(1)} % of the questions`],
    );
    return resultOf('flash-crowd', options, world, failures, {
      newcomers: comers,
      slotsMedianMs: percentile(slots.tookMs, 0.5),
      slotsP99Ms: percentile(slots.tookMs, 0.99),
      slotsMostMs: percentile(slots.tookMs, 1),
      bootnodesAsked: asked,
      bootnodesAnswered: answered,
      bootnodesP99Ms: percentile(answerMs, 0.99),
    });
  },
};
