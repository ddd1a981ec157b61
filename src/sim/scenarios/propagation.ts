import type { Hash32 } from '../../base/brand.js';
import { bigIntToFixedBytes } from '../../base/bytes.js';
import { toBlockNonce } from '../../base/hex.js';
import { invariant } from '../../base/invariant.js';
import { searchSeal } from '../../miner/search-seal.js';
import { TRANSACTION_GAS } from '../../types/body-room.js';
import type { SimNode } from '../machines/sim-node.js';
import { WORLD_2019 } from '../network/regions.js';
import { settingsOf } from '../parameters.js';
import { populate } from '../population/populate.js';
import { resultOf, type Scenario, type ScenarioOptions, type ScenarioResult, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { floodTimes, type LinkCost, scheduledFloodTimes } from '../survey/flood.js';
import { mean, percentile } from '../survey/percentile.js';
import { alsoTelling } from '../watch.js';
import { type Account, createAccounts } from '../workload/accounts.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
const ARRIVAL_GAP_MS = 100;
const DIFFICULTY_STEP = 9;
/** All blocks are found on command. */
const HASHRATE = 0;
const GWEI = 1_000_000_000n;
const BYTE_GAS = 16n;
/** The transfers of a block are sent within this time, and are everywhere so long after the last one. */
const SEND_MS = 5_000;
const SPREAD_MS = 20_000;
/** A block is everywhere, and its last copies have been received, by then. */
const SETTLE_MS = 15_000;
const REACHED = 0.95;
/** Nonces tried for a real seal before the next are. */
const SEARCH_SLICE = 1_000_000;
const PARAMETERS = {
  outbound: {
    default: 20,
    least: 1,
    most: 160,
    summary: 'slots of each node for peers of its own choice; twice as many for others',
  },
  transfers: { default: 40, least: 1, most: 1_400, summary: 'transfers in each block' },
  memoBytes: {
    default: 4_000,
    most: 4_000,
    summary: 'bytes that each transfer carries: few of them then make a large block',
  },
  blocks: { default: 3, least: 1, most: 1_000, summary: 'blocks, each found by another node' },
  mostSlower: {
    default: 1.5,
    most: 1_000,
    summary: 'times the median of the best schedule within which 95 % of the nodes must have a block',
  },
  mostExtra: { default: 2.5, most: 1_000, summary: 'of a block that a node may receive beyond it, on average' },
  joinMs: { default: 180_000, most: 3_600_000, summary: 'virtual time in which nodes find each other' },
};

/** Among so few nodes the best schedule takes few steps, and a question and its answer are as long as some of them. */
const SMALL = {
  exact: { blocks: 2, mostSlower: 7, mostExtra: 3.5 },
  scale: { blocks: 2, mostSlower: 3, mostExtra: 2.5 },
};

/** What became of one block, the times since it was found. */
interface Spread {
  readonly bytes: number;
  /** When each node but the finder had it on its chain. */
  readonly reachedMs: readonly number[];
  /** When the best flood over the connections there were, and over all links that there could be, would have been there. */
  readonly floodMs: readonly number[];
  readonly idealMs: readonly number[];
  /** The same over the connections where each line carries one copy after the other. */
  readonly scheduledMs: readonly number[];
  /** What each node received beyond the block, while it spread. */
  readonly extraBytes: readonly number[];
}

/** Each account pays the next once, through some node or other; the transfers spread before anybody mines. */
function sendTransfers(
  world: World,
  accounts: readonly Account[],
  memoBytes: number,
  chainId: bigint,
  seed: string,
): void {
  const random = seededRandom(seed);
  for (const [i, account] of accounts.entries()) {
    const node = world.nodes[random.below(world.nodes.length)];
    invariant(node !== undefined, 'there are nodes');
    const to = accounts[(i + 1) % accounts.length]?.address ?? account.address;
    const fees = {
      maxPriorityFeePerGas: GWEI,
      maxFeePerGas: 1_000n * GWEI,
      gasLimit: TRANSACTION_GAS + BigInt(memoBytes) * BYTE_GAS,
      value: 1n,
    };
    const tx = account.sign({
      ...{ type: 2, chainId, nonce: account.nonce++, to, data: random.bytes(memoBytes), accessList: [] },
      ...fees,
    });
    world.after(random.float() * SEND_MS, () => {
      node.execute(({ intake }, nowMs) => intake.submitLocal(tx, () => undefined, nowMs));
    });
  }
  world.run(SEND_MS + SPREAD_MS);
}

/** Lets a node find a block now. */
function findBlock(node: SimNode, realSeals: boolean): Hash32 {
  return node.execute(({ chain, mining }, nowMs) => {
    const work = mining.work(nowMs);
    invariant(work !== undefined, `${node.name} must be ready to mine`);
    let nonce = toBlockNonce(bigIntToFixedBytes(0n, 8));
    let mixHash = chain.head().header.mixHash;
    for (let start = 0n, found = !realSeals; !found; start += BigInt(SEARCH_SLICE)) {
      const seal = searchSeal(work.sealHash, work.target, start, SEARCH_SLICE);
      if (seal === undefined) continue;
      [nonce, mixHash, found] = [seal.nonce, seal.mixHash, true];
    }
    invariant(mining.submit(nowMs, work.sealHashHex, nonce, mixHash), `${node.name} must take its own block`);
    return chain.head().hash;
  });
}

const bytesIn = (node: SimNode): number => node.rooms().swarm.counters().bytesIn;

/** When the best floods from `finder` reach the others. */
function floods(world: World, finder: SimNode, bytes: number): Pick<Spread, 'floodMs' | 'idealMs' | 'scheduledMs'> {
  const { nodes } = world;
  const placeOf = new Map(nodes.map((node, place) => [node.identity.nodeId, place]));
  const peers = nodes.map((node) =>
    node
      .rooms()
      .swarm.peers(world.nowMs())
      .flatMap(({ id }) => placeOf.get(id) ?? []),
  );
  const all = [...nodes.keys()];
  const source = nodes.indexOf(finder);
  const never = { lineMs: 0, restMs: Number.POSITIVE_INFINITY };
  const costOf = (from: number, to: number): LinkCost => {
    const [a, b] = [nodes[from], nodes[to]];
    return a === undefined || b === undefined ? never : world.travelMs(a, b, bytes);
  };
  const linkMs = (from: number, to: number): number => costOf(from, to).lineMs + costOf(from, to).restMs;
  const peersOf = (place: number): readonly number[] => peers[place] ?? [];
  const others = (times: readonly number[]): number[] => times.filter((_, place) => place !== source);
  return {
    floodMs: others(floodTimes(nodes.length, source, peersOf, linkMs)),
    idealMs: others(floodTimes(nodes.length, source, () => all, linkMs)),
    scheduledMs: others(scheduledFloodTimes(nodes.length, source, peersOf, costOf)),
  };
}

/** Nodes all over the world, on the lines of homes, pass full blocks on. */
export const propagationScenario: Scenario = {
  name: 'propagation',
  summary: 'large blocks spread among nodes all over the world, nearly as fast as can be, and without much waste',
  defaults: { nodes: 1_000, fidelity: 'scale' },
  small: {
    exact: { nodes: 10, settings: { outbound: 3, transfers: 20, ...SMALL.exact, memoBytes: 2_000, joinMs: 30_000 } },
    scale: { nodes: 40, settings: { outbound: 5, transfers: 40, ...SMALL.scale, memoBytes: 4_000, joinMs: 60_000 } },
  },
  parameters: PARAMETERS,
  longestMs(nodes, settings) {
    const { joinMs, blocks } = settingsOf(PARAMETERS, settings);
    return 2 * nodes * ARRIVAL_GAP_MS + joinMs + blocks * (SEND_MS + SPREAD_MS + SETTLE_MS);
  },
  run(options): ScenarioResult {
    const { outbound, transfers, memoBytes, blocks, joinMs } = settingsOf(PARAMETERS, options.settings);
    const random = seededRandom(`${options.seed}/propagation`);
    const accounts = createAccounts(transfers, options.fidelity, random.fork('accounts'));
    const genesis = simGenesis(
      accounts.map(({ address }) => address),
      DIFFICULTY_STEP,
    );
    const reached = new Map<string, number>(); // BOUNDED: by the nodes of the world
    let watched: Hash32 | undefined;
    const world = createWorld({
      ...worldOptions(options),
      watch: alsoTelling(options.watch, (node, event) => {
        if (event.kind === 'head' && event.block.hash === watched) reached.set(node, world.nowMs());
      }),
      genesis,
      links: {
        latency: { kind: 'regions', map: WORLD_2019, sigma: 0.2 },
        ...{ datagramLoss: 0, jitter: 0, bandwidth: 'regional' },
      },
    });
    const more = { maxPeers: 3 * outbound };
    populate(
      world,
      { nodes: options.nodes, bootnodes: BOOTNODES, miners: 0, hashrate: HASHRATE, gapMs: ARRIVAL_GAP_MS, more },
      random.fork('arrivals'),
    );
    world.run(joinMs);
    const finders = random.fork('finders');

    function spreadOne(index: number): Spread {
      sendTransfers(world, accounts, memoBytes, genesis.spec.chainId, `${options.seed}/transfers/${index}`);
      const finder = world.nodes[finders.below(world.nodes.length)];
      invariant(finder !== undefined, 'there are nodes');
      const others = world.nodes.filter((node) => node !== finder);
      const before = others.map(bytesIn);
      const foundMs = world.nowMs();
      reached.clear();
      watched = findBlock(finder, options.fidelity === 'exact');
      const bytes = finder.rooms().chain.blockByHash(watched)?.raw.length ?? 0;
      const best = floods(world, finder, bytes);
      world.run(SETTLE_MS);
      return {
        ...{ bytes, ...best },
        reachedMs: others.map((node) => (reached.get(node.name) ?? Number.POSITIVE_INFINITY) - foundMs),
        extraBytes: others.map((node, i) => bytesIn(node) - (before[i] ?? 0) - bytes),
      };
    }

    return report(
      options,
      world,
      Array.from({ length: blocks }, (_, i) => spreadOne(i)),
    );
  },
};

function report(options: ScenarioOptions, world: World, spreads: readonly Spread[]): ScenarioResult {
  const slower = spreads.map(
    (one) => percentile(one.reachedMs, REACHED) / Math.max(1, percentile(one.scheduledMs, 0.5)),
  );
  const duplicates = spreads.map((one) => mean(one.extraBytes) / Math.max(1, one.bytes));
  const { mostSlower, mostExtra } = settingsOf(PARAMETERS, options.settings);
  const failures: string[] = [];
  const [slowest, wasteful] = [Math.max(...slower), Math.max(...duplicates)];
  if (!(slowest <= mostSlower)) {
    failures.push(
      `a block reached ${REACHED * 100} % of the nodes in ${slowest.toFixed(2)} medians of the best schedule, not ${mostSlower}`,
    );
  }
  if (!(wasteful <= mostExtra)) {
    failures.push(`nodes received ${wasteful.toFixed(2)} of a block beyond it, not ${mostExtra}`);
  }
  const peers = world.nodes.map((node) => node.rooms().swarm.peers(world.nowMs()).length);
  const medianOf = (values: (one: Spread) => readonly number[], share: number): number =>
    percentile(
      spreads.map((one) => percentile(values(one), share)),
      0.5,
    );
  return resultOf('propagation', options, world, failures, {
    peersMean: mean(peers),
    blockBytes: mean(spreads.map(({ bytes }) => bytes)),
    reachedP50Ms: medianOf((one) => one.reachedMs, 0.5),
    reachedP95Ms: medianOf((one) => one.reachedMs, REACHED),
    reachedLastMs: medianOf((one) => one.reachedMs, 1),
    floodP50Ms: medianOf((one) => one.floodMs, 0.5),
    floodP95Ms: medianOf((one) => one.floodMs, REACHED),
    scheduledP50Ms: medianOf((one) => one.scheduledMs, 0.5),
    scheduledP95Ms: medianOf((one) => one.scheduledMs, REACHED),
    allLinksP50Ms: medianOf((one) => one.idealMs, 0.5),
    slowerMean: mean(slower),
    slowerMost: slowest,
    duplicatesMean: mean(duplicates),
    duplicatesMost: wasteful,
    duplicatesP95: medianOf((one) => one.extraBytes.map((bytes) => bytes / one.bytes), 0.95),
  });
}
