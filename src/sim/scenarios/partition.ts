import { invariant } from '../../base/invariant.js';
import type { SimNode } from '../machines/sim-node.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { ARRIVAL_GAP_MS, DENSE_WORK, networkAtWork, WORK_PARAMETERS } from '../population/network-at-work.js';
import { runUntil } from '../run-until.js';
import { missed, resultOf, type Scenario } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { banCount, headNumber, highestHead, peerCountsAmong } from '../survey/census.js';
import { allMined, areForked, commonHeight, isCanonical, minedOnlyOn, notMined } from '../workload/mined.js';

const LINKS = { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0.01 } as const;
/** Of each five nodes these are on the larger side. */
const LARGER_OF_FIVE = 3;
const ACCOUNTS_PER_NODE = 2;
const LOOK_MS = 250;
/** So long we wait for one chain after the bar was missed, to tell how late it came. */
const LATE_MS = 600_000;
/** Newest blocks in which nodes may differ while they are joined. */
const DEPTH = 4;
const PARAMETERS = {
  ...WORK_PARAMETERS,
  wholeMs: { default: 120_000, most: 86_400_000, summary: 'virtual time of payments before the split' },
  splitMs: { default: 1_800_000, most: 86_400_000, summary: 'virtual time that the two sides are apart' },
  healBlocks: { default: 2, least: 1, most: 1_000, summary: 'block times within which one chain must come out' },
  afterMs: { default: 60_000, most: 86_400_000, summary: 'virtual time that the network goes on in the end' },
};
const SMALL = { ...DENSE_WORK, blockMs: 5_000, joinMs: 30_000, wholeMs: 30_000, splitMs: 240_000, healBlocks: 8 };

/** All nodes are on one chain but for the newest block, which may be on its way. */
const isOneChain = (nodes: readonly SimNode[]): boolean => (commonHeight(nodes, 1) ?? -1) >= highestHead(nodes) - 1;

/** Of the nodes in the discovery tables of one side, the share that is of the other. */
function tableShareAcross(side: readonly SimNode[], other: readonly SimNode[]): number {
  const others = new Set<string>(other.map((node) => node.identity.nodeId));
  const known = side.flatMap((node) => node.rooms().swarm.discoveryTable());
  return known.filter(({ nodeId }) => others.has(nodeId)).length / Math.max(1, known.length);
}

/** A network at work is cut in two for half an hour and joined: one chain must come out within two block times. */
export const partitionScenario: Scenario = {
  name: 'partition',
  summary:
    'a network mines and transacts, is split 60/40 for half an hour and joined; one chain within two block times',
  defaults: { nodes: 500, fidelity: 'scale' },
  small: { exact: { nodes: 10, settings: SMALL }, scale: { nodes: 30, settings: SMALL } },
  parameters: PARAMETERS,
  // The fourth is the first of the smaller side.
  leastNodes: LARGER_OF_FIVE + 1,
  invariants: () => [
    oneChain({ from: 'joined', until: 'split', depth: DEPTH }),
    oneChain({ from: 'one chain', depth: DEPTH }),
  ],
  longestMs: (nodes, settings) => {
    const { blockMs, joinMs, wholeMs, splitMs, healBlocks, mineMs, afterMs } = settingsOf(PARAMETERS, settings);
    return nodes * ARRIVAL_GAP_MS + joinMs + wholeMs + splitMs + healBlocks * blockMs + LATE_MS + mineMs + afterMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const barMs = settings.healBlocks * settings.blockMs;
    const { world, workload, miners, beginToPay } = networkAtWork(
      options,
      { ...settings, links: LINKS, accounts: ACCOUNTS_PER_NODE * options.nodes },
      seededRandom(`${options.seed}/partition`),
    );
    const { nodes } = world;
    const larger = nodes.filter((_, i) => i % 5 < LARGER_OF_FIVE);
    const smaller = nodes.filter((_, i) => i % 5 >= LARGER_OF_FIVE);
    const [[one], [other]] = [larger, smaller];
    invariant(one !== undefined && other !== undefined, 'there must be two sides');

    world.moment('joined');
    beginToPay();
    world.run(settings.wholeMs);
    const atSplit = { height: headNumber(one), tableShare: tableShareAcross(larger, smaller) };
    world.partition([larger, smaller]);
    world.moment('split');
    world.run(settings.splitMs);
    const [head, otherHead] = [one.rooms().chain.head(), other.rooms().chain.head()];
    const forked = areForked(one, other);
    const onlyLarger = minedOnlyOn(one, other, workload.accepted());
    const onlySmaller = minedOnlyOn(other, one, workload.accepted());
    const tableShareAtHeal = tableShareAcross(larger, smaller);
    world.heal();
    world.moment('healed');
    const healMs = runUntil(world, barMs + LATE_MS, LOOK_MS, () => isOneChain(nodes));
    if (healMs !== undefined) world.moment('one chain');
    const connectionsAcross = peerCountsAmong(larger, smaller).reduce((sum, count) => sum + count, 0);
    workload.end();
    const minedMs = runUntil(world, settings.mineMs, LOOK_MS, () => allMined(nodes, workload.accepted(), 2));
    world.run(settings.afterMs);

    const open = notMined(one, workload.accepted()).length;
    const failures = missed(
      [!forked, 'the sides did not fork, so nothing was shown'],
      [healMs === undefined, `no common chain within ${(barMs + LATE_MS) / 1000} s of the heal`],
      [(healMs ?? 0) > barMs, `one chain came ${(healMs ?? 0) / 1000} s after the heal, not within ${barMs / 1000} s`],
      [minedMs === undefined, `${open} transactions are not mined ${settings.mineMs / 1000} s later`],
      [banCount(nodes) > 0, `${banCount(nodes)} honest nodes were banned`],
    );
    return resultOf('partition', options, world, failures, {
      miners,
      transactions: workload.accepted().length,
      refused: workload.refused(),
      splitHeight: atSplit.height,
      largerHeightAtHeal: head.header.number,
      smallerHeightAtHeal: otherHead.header.number,
      finalHeight: headNumber(one),
      droppedTransactions: (isCanonical(one, head.hash) ? onlySmaller : onlyLarger).length,
      healMs: healMs ?? Number.POSITIVE_INFINITY,
      minedMs: minedMs ?? Number.POSITIVE_INFINITY,
      connectionsAcross,
      tableShareAtSplit: atSplit.tableShare,
      tableShareAtHeal,
      tableShareAtEnd: tableShareAcross(larger, smaller),
    });
  },
};
