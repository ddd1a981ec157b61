import { WORLD_2019 } from '../network/regions.js';
import { shallowReorgs } from '../observe/shallow-reorgs.js';
import { settingsOf } from '../parameters.js';
import { BOOTNODES } from '../population/arrivals.js';
import { beginChurn } from '../population/churn.js';
import { ARRIVAL_GAP_MS, DENSE_WORK, networkAtWork, WORK_PARAMETERS } from '../population/network-at-work.js';
import { runUntil } from '../run-until.js';
import { missed, resultOf, type Scenario } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { highestHead } from '../survey/census.js';
import { watchHeadLag } from '../survey/head-lag.js';
import { mean } from '../survey/percentile.js';
import { tallyReorgs } from '../survey/reorg-tally.js';
import { allMined } from '../workload/mined.js';

const LINKS = {
  latency: { kind: 'regions', map: WORLD_2019, sigma: 0.2 },
  ...{ datagramLoss: 0.01, jitter: 0.1 },
} as const;
/** A node that has just started may take so long to know the chain. */
const GRACE_MS = 60_000;
const LOOK_MS = 1_000;
const MOST_REORG = 3;
const MOST_LAG = 1;
/** Newest blocks in which nodes may differ at any time: what may be dropped, and one on its way. */
const DEPTH = MOST_REORG + 1;
/** Wallets send again what was not mined for so long, so that nothing stays lost with the only node that had it. */
const RESEND_MS = 90_000;
const PARAMETERS = {
  ...WORK_PARAMETERS,
  churnMs: { default: 3_600_000, most: 86_400_000, summary: 'virtual time in which nodes come and go' },
  endsPerHour: {
    ...{ default: 0.2, least: 0.001, most: 60 },
    summary: 'sessions that end in an hour, for each node that is there',
  },
  offMs: { default: 600_000, least: 1, most: 86_400_000, summary: 'median of the time that a node is away' },
  accounts: { default: 500, least: 1, most: 100_000, summary: 'accounts that pay each other' },
};
const SMALL = {
  ...DENSE_WORK,
  blockMs: 6_000,
  joinMs: 30_000,
  churnMs: 300_000,
  endsPerHour: 15,
  offMs: 30_000,
  accounts: 20,
};

/** A network at work, whose nodes come and go as they do in the wild. */
export const churnScenario: Scenario = {
  name: 'churn',
  summary:
    'a network mines and transacts while a fifth of all sessions end in an hour; nothing is lost, nobody is left behind',
  defaults: { nodes: 1_000, fidelity: 'scale' },
  small: { exact: { nodes: 10, settings: SMALL }, scale: { nodes: 30, settings: SMALL } },
  parameters: PARAMETERS,
  // Bootnodes stay.
  leastNodes: BOOTNODES + 1,
  invariants: () => [shallowReorgs({ from: 'churn', most: MOST_REORG })],
  longestMs(nodes, settings) {
    const { joinMs, churnMs, mineMs } = settingsOf(PARAMETERS, settings);
    return nodes * ARRIVAL_GAP_MS + joinMs + churnMs + mineMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const { churnMs, endsPerHour, offMs: offMedianMs, mineMs } = settings;
    const random = seededRandom(`${options.seed}/churn`);
    const reorgs = tallyReorgs(options.watch);
    const { world, workload, miners, beginToPay } = networkAtWork(
      { ...options, watch: reorgs.watch },
      { ...settings, links: LINKS, resendMs: RESEND_MS },
      random,
    );
    const running = () => world.nodes.filter((node) => node.running());

    beginToPay();
    const lag = watchHeadLag(world, GRACE_MS);
    const comers = world.nodes.slice(BOOTNODES);
    const churn = beginChurn(world, comers, { endsPerHour, offMedianMs }, random.fork('sessions'));
    world.moment('churn');
    const away: number[] = []; // BOUNDED: by the time of the scenario
    for (let passedMs = 0; passedMs < churnMs; passedMs += LOOK_MS) {
      world.run(LOOK_MS);
      lag.look();
      away.push(world.nodes.length - running().length);
    }
    workload.end();
    churn.end();
    world.moment('all stay');
    const minedMs = runUntil(world, mineMs, LOOK_MS, () => allMined(running(), workload.accepted(), DEPTH));

    const lagP99 = lag.percentile(0.99);
    const failures = missed(
      [lagP99 > MOST_LAG, `one in a hundred heads is ${lagP99} blocks behind, not ${MOST_LAG}`],
      [reorgs.deepest() > MOST_REORG, `a node dropped ${reorgs.deepest()} blocks at once, not ${MOST_REORG}`],
      [minedMs === undefined, `transactions that are not on one chain ${mineMs / 1000} s later`],
    );
    return resultOf('churn', options, world, failures, {
      miners,
      transactions: workload.accepted().length,
      refused: workload.refused(),
      resent: workload.resent(),
      sessionsEnded: churn.ended(),
      returned: churn.returned(),
      awayMean: mean(away),
      finalHeight: highestHead(running()),
      reorgs: reorgs.count(),
      deepestReorg: reorgs.deepest(),
      lagP50: lag.percentile(0.5),
      lagP99,
      lagMost: lag.percentile(1),
      minedMs: minedMs ?? Number.POSITIVE_INFINITY,
    });
  },
};
