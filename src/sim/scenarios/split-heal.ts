import { invariant } from '../../base/invariant.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { arrive } from '../population/arrivals.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { banCount, highestHead, sameHead } from '../survey/census.js';
import { allMined, areForked } from '../workload/mined.js';
import { createWorkload } from '../workload/workload.js';
import { createWorld } from '../world.js';

/** Two miners, one in each half; they find a block in 4 s each unless told otherwise: about 2 s together, as in the devnet. */
const MINERS = 2;
const DIFFICULTY_STEP = 2;
const START_EVERY_MS = 200;
const JOIN_MS = 30_000;
const PARAMETERS = {
  hashrate: { default: 32_768, least: 1, most: 1e9, summary: 'hashes a second of each of the two miners' },
  accounts: { default: 12, least: 2, most: 1_000, summary: 'accounts that pay each other' },
  perSecond: { default: 0.5, most: 1_000, summary: 'payments a second, until the heal' },
  wholeMs: { default: 15_000, most: 86_400_000, summary: 'virtual time of payments before the split' },
  splitMs: { default: 60_000, most: 86_400_000, summary: 'virtual time that the halves are apart' },
  healMs: { default: 180_000, most: 86_400_000, summary: 'virtual time within which one chain must come out' },
  afterMs: { default: 30_000, most: 86_400_000, summary: 'virtual time that they go on with one chain' },
  depth: { default: 6, most: 1_000, summary: 'newest blocks in which nodes may differ while they are joined' },
};

/** Nodes mine and pay each other, are cut in two halves that both go on, and are joined: one chain must come out, with every payment on it. */
export const splitHealScenario: Scenario = {
  name: 'split-heal',
  summary: 'nodes mine and transact, are split in two and joined; one chain, no payment lost, nobody banned',
  defaults: { nodes: 8, fidelity: 'exact' },
  small: { exact: { nodes: 8 }, scale: { nodes: 8 } },
  parameters: PARAMETERS,
  invariants: (settings) => {
    const { depth } = settingsOf(PARAMETERS, settings);
    return [oneChain({ from: 'joined', until: 'split', depth }), oneChain({ from: 'one chain', depth })];
  },
  longestMs: (nodes, settings) => {
    const { wholeMs, splitMs, healMs, afterMs } = settingsOf(PARAMETERS, settings);
    return nodes * START_EVERY_MS + JOIN_MS + wholeMs + splitMs + healMs + afterMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const { hashrate, accounts, perSecond, wholeMs, splitMs, healMs, afterMs } = settings;
    const { fidelity } = options;
    const workload = createWorkload({ accounts, perSecond, fidelity }, seededRandom(`${options.seed}/workload`));
    const genesis = simGenesis(workload.addresses, DIFFICULTY_STEP);
    const world = createWorld({
      ...worldOptions(options),
      genesis,
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 100 }, datagramLoss: 0 },
    });
    const half = Math.floor(options.nodes / 2);
    arrive(world, {
      nodes: options.nodes,
      bootnodes: 1,
      gapMs: () => START_EVERY_MS,
      newcomer: (index) => ({ hashrate: index === 0 || index === half ? hashrate : 0 }),
    });
    const { nodes } = world;
    const [left, right] = [nodes.slice(0, half), nodes.slice(half)];
    const [[one], [other]] = [left, right];
    invariant(one !== undefined && other !== undefined, 'there must be two halves');

    world.run(JOIN_MS);
    world.moment('joined');
    workload.begin(world, genesis.spec);
    world.run(wholeMs);
    world.partition([left, right]);
    world.moment('split');
    world.run(splitMs);
    const forked = areForked(one, other);
    const [leftHeightAtHeal, rightHeightAtHeal] = [highestHead(left), highestHead(right)];
    workload.end();
    world.heal();
    world.moment('healed');
    const healedAtMs = world.nowMs();
    const healed = world.run(healMs, () => sameHead(nodes) && allMined(nodes, workload.accepted(), 0));
    const tookMs = world.nowMs() - healedAtMs;
    if (healed) {
      world.moment('one chain');
      world.run(afterMs);
    }

    const failures = missed(
      [!forked, 'the halves did not fork, so nothing was shown'],
      [workload.accepted().length === 0, 'nobody paid, so no payment could be lost'],
      [!healed, `no common chain with every payment within ${healMs / 1000} s`],
      [banCount(nodes) > 0, `${banCount(nodes)} honest nodes were banned`],
    );
    return resultOf('split-heal', options, world, failures, {
      miners: MINERS,
      payments: workload.accepted().length,
      leftHeightAtHeal,
      rightHeightAtHeal,
      finalHeight: highestHead(nodes),
      healMs: tookMs,
    });
  },
};
