import { MIN_DIFFICULTY } from '../../consensus/difficulty.js';
import { beginChurn } from '../churn.js';
import { watchHeadLag } from '../head-lag.js';
import { shallowReorgs } from '../observe/shallow-reorgs.js';
import { settingsOf } from '../parameters.js';
import { populate } from '../populate.js';
import { WORLD_2019 } from '../regions.js';
import { resultOf, type Scenario, type ScenarioResult, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { alsoTelling } from '../watch.js';
import { commonHeight, notMined } from '../workload/mined.js';
import { createWorkload } from '../workload/workload.js';
import { createWorld } from '../world.js';

const BOOTNODES = 3;
const NODES_PER_MINER = 25;
const LEAST_MINERS = 5;
const ARRIVAL_GAP_MS = 100;
/** Ethereum's: with the step of EIP-100 a block took some 13 s. */
const DIFFICULTY_STEP = 9;
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
  blockMs: {
    default: 13_000,
    least: 1_000,
    most: 600_000,
    summary: 'mean time between blocks while all miners are there',
  },
  joinMs: { default: 120_000, most: 3_600_000, summary: 'virtual time in which nodes find each other' },
  churnMs: { default: 3_600_000, most: 86_400_000, summary: 'virtual time in which nodes come and go' },
  endsPerHour: {
    default: 0.2,
    least: 0.001,
    most: 60,
    summary: 'sessions that end in an hour, for each node that is there',
  },
  offMs: { default: 600_000, least: 1, most: 86_400_000, summary: 'median of the time that a node is away' },
  mineMs: { default: 600_000, most: 86_400_000, summary: 'virtual time within which all transactions must be mined' },
  perSecond: { default: 0.5, most: 1_000, summary: 'payments a second' },
  accounts: { default: 500, least: 1, most: 100_000, summary: 'accounts that pay each other' },
  maxPeers: { default: 50, least: 3, most: 500, summary: 'peers that a node takes' },
};
const SMALL = { blockMs: 6_000, joinMs: 30_000, churnMs: 300_000, endsPerHour: 15, offMs: 30_000, accounts: 20 };

/** A network at work, whose nodes come and go as they do in the wild. */
export const churnScenario: Scenario = {
  name: 'churn',
  summary:
    'a network mines and transacts while a fifth of all sessions end in an hour; nothing is lost, nobody is left behind',
  defaults: { nodes: 1_000, fidelity: 'scale' },
  small: { exact: { nodes: 10, settings: SMALL }, scale: { nodes: 30, settings: SMALL } },
  parameters: PARAMETERS,
  invariants: () => [shallowReorgs({ from: 'churn', most: MOST_REORG })],
  longestMs(nodes, settings) {
    const { joinMs, churnMs, mineMs } = settingsOf(PARAMETERS, settings);
    return nodes * ARRIVAL_GAP_MS + joinMs + churnMs + mineMs;
  },
  run(options): ScenarioResult {
    const settings = settingsOf(PARAMETERS, options.settings);
    const random = seededRandom(`${options.seed}/churn`);
    const { accounts, perSecond, maxPeers, endsPerHour, offMs: offMedianMs } = settings;
    const workload = createWorkload(
      { accounts, perSecond, fidelity: options.fidelity, resendMs: RESEND_MS },
      random.fork('workload'),
    );
    const genesis = simGenesis(workload.addresses, DIFFICULTY_STEP);
    let deepest = 0;
    let reorgs = 0;
    const world = createWorld({
      ...worldOptions(options),
      watch: alsoTelling(options.watch, (_node, event) => {
        if (event.kind !== 'head' || event.dropped.length === 0) return;
        reorgs++;
        deepest = Math.max(deepest, event.dropped.length);
      }),
      genesis,
      links: { latency: { kind: 'regions', map: WORLD_2019, sigma: 0.2 }, datagramLoss: 0.01, jitter: 0.1 },
    });
    const miners = Math.min(options.nodes, Math.max(LEAST_MINERS, Math.floor(options.nodes / NODES_PER_MINER)));
    const hashrate = Number(MIN_DIFFICULTY) / (settings.blockMs / 1000);
    populate(
      world,
      { nodes: options.nodes, bootnodes: BOOTNODES, miners, hashrate, gapMs: ARRIVAL_GAP_MS, more: { maxPeers } },
      random.fork('arrivals'),
    );
    world.run(settings.joinMs);
    workload.begin(world, genesis.spec);
    const lag = watchHeadLag(world, GRACE_MS);
    const churn = beginChurn(
      world,
      world.nodes.slice(BOOTNODES),
      { endsPerHour, offMedianMs },
      random.fork('sessions'),
    );
    world.moment('churn');
    let away = 0;
    let looks = 0;
    for (const untilMs = world.nowMs() + settings.churnMs; world.nowMs() < untilMs; ) {
      world.run(LOOK_MS);
      lag.look();
      looks++;
      away += world.nodes.filter((node) => !node.running()).length;
    }
    workload.end();
    churn.end();
    world.moment('all stay');
    const fromMs = world.nowMs();
    const running = () => world.nodes.filter((node) => node.running());
    const isMined = (): boolean => {
      const [first, ...others] = running();
      const height = first && commonHeight([first, ...others], DEPTH);
      return first !== undefined && height !== undefined && notMined(first, workload.accepted(), height).length === 0;
    };
    while (!isMined() && world.nowMs() - fromMs < settings.mineMs) world.run(LOOK_MS);

    const failures: string[] = [];
    const lagP99 = lag.percentile(0.99);
    if (lagP99 > MOST_LAG) failures.push(`one in a hundred heads is ${lagP99} blocks behind, not ${MOST_LAG}`);
    if (deepest > MOST_REORG) failures.push(`a node dropped ${deepest} blocks at once, not ${MOST_REORG}`);
    if (!isMined()) failures.push(`transactions that are not on one chain ${settings.mineMs / 1000} s later`);
    return resultOf('churn', options, world, failures, {
      miners,
      transactions: workload.accepted().length,
      refused: workload.refused(),
      resent: workload.resent(),
      sessionsEnded: churn.ended(),
      returned: churn.returned(),
      awayMean: away / Math.max(1, looks),
      finalHeight: Math.max(...running().map((node) => node.rooms().chain.head().header.number)),
      reorgs,
      deepestReorg: deepest,
      lagP50: lag.percentile(0.5),
      lagP99,
      lagMost: lag.percentile(1),
      minedMs: world.nowMs() - fromMs,
    });
  },
};
