import { slotQuota } from '../../net/peers/slots.js';
import { besieger } from '../adversary/besieger.js';
import { HOSTS_OF_24 } from '../network/addresses.js';
import { settingsOf } from '../parameters.js';
import { arrive, BOOTNODES } from '../population/arrivals.js';
import { runUntil } from '../run-until.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { simGenesis } from '../sim-genesis.js';
import { headNumber, highestHead } from '../survey/census.js';
import { createWorld } from '../world.js';

const START_EVERY_MS = 200;
const LOOK_MS = 1_000;
const HASHRATE = 16_384;
const MOST_BEHIND = 4;
const PARAMETERS = {
  machines: { default: 40, least: 1, most: 10_000, summary: 'machines of the attacker' },
  subnets: { default: 1, least: 1, most: 1_000, summary: '/24s that they are in, each in another /16' },
  dialMs: { default: 5_000, least: 100, most: 3_600_000, summary: 'time between two dials of a machine' },
  maxPeers: {
    default: 25,
    least: 3,
    most: 500,
    summary: 'peers that a node takes; a third of them are its own choice',
  },
  joinMs: { default: 60_000, most: 3_600_000, summary: 'virtual time in which the others find each other' },
  livedMs: {
    default: 60_000,
    most: 3_600_000,
    summary: 'virtual time that the node has lived among them before; 0: none',
  },
  siegeMs: { default: 180_000, most: 86_400_000, summary: 'virtual time of the siege' },
};
const SMALL = { maxPeers: 15, joinMs: 30_000, livedMs: 30_000, siegeMs: 120_000 };

/** A node starts while an attacker reaches for all its slots: it must keep half of those of its own choice, and the chain. */
export const slotSiegeScenario: Scenario = {
  name: 'slot-siege',
  summary:
    'machines of one /24 reach for all slots of a node that starts again; it keeps peers of its own, and the chain',
  defaults: { nodes: 40, fidelity: 'scale' },
  small: { exact: { nodes: 10, settings: SMALL }, scale: { nodes: 20, settings: SMALL } },
  parameters: PARAMETERS,
  conflict(settings) {
    const { machines, subnets } = settingsOf(PARAMETERS, settings);
    const room = HOSTS_OF_24 * Math.floor(subnets);
    if (machines <= room) return undefined;
    const needed = Math.ceil(machines / HOSTS_OF_24);
    return `${machines} machines are more than the ${room} addresses of subnets=${subnets}: set subnets=${needed} or more`;
  },
  longestMs(nodes, settings) {
    const { joinMs, livedMs, siegeMs } = settingsOf(PARAMETERS, settings);
    return nodes * START_EVERY_MS + joinMs + livedMs + siegeMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const { machines, subnets, dialMs, maxPeers, joinMs, livedMs, siegeMs } = settings;
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0.01 },
    });
    arrive(world, {
      nodes: options.nodes - 1,
      gapMs: () => START_EVERY_MS,
      // The others have room: the siege is to be what keeps the node from its peers, and not a network that is full.
      newcomer: (index) => ({ maxPeers: 2 * maxPeers, hashrate: index < BOOTNODES ? HASHRATE : 0 }),
    });
    world.run(joinMs);
    const bootnodes = world.nodes.slice(0, BOOTNODES);
    const victim = world.addNode({ bootnodes, hashrate: 0, maxPeers, role: 'victim' });
    if (livedMs > 0) {
      victim.start();
      world.run(livedMs);
      victim.kill();
    }

    for (let i = 0; i < machines; i++) {
      const address = world.addresses.at({ family: 'ipv4', asn: i % subnets, wide: 0, near: 0 });
      world.addOutsider(besieger(victim, dialMs), { address }).start();
    }
    victim.start();
    world.moment('siege');
    const quota = slotQuota(maxPeers);
    const isFull = (): boolean => victim.rooms().swarm.counters().peersInbound >= quota.inbound;
    const inboundFullMs = runUntil(world, siegeMs, LOOK_MS, isFull);
    world.run(siegeMs - (inboundFullMs ?? siegeMs));

    const honest = new Set<string>(world.nodes.map(({ identity }) => identity.nodeId));
    const peers = victim.rooms().swarm.peers(victim.nowMs());
    const inbound = peers.filter(({ network }) => network.inbound);
    const dialed = peers.filter(({ network }) => !network.inbound);
    const ofHonest = (some: typeof peers): number => some.filter(({ id }) => honest.has(id)).length;
    const behind = highestHead(world.nodes) - headNumber(victim);
    const kept = ofHonest(dialed);
    const failures = missed(
      [kept < quota.dialed / 2, `of its ${quota.dialed} slots for peers of its own choice ${kept} have honest ones`],
      [behind > MOST_BEHIND, `the node is ${behind} blocks behind`],
    );
    return resultOf('slot-siege', options, world, failures, {
      dialedHonest: kept,
      dialedStrangers: dialed.length - kept,
      behind,
      inboundHonest: ofHonest(inbound),
      inboundStrangers: inbound.length - ofHonest(inbound),
      inboundFullMs: inboundFullMs ?? Number.POSITIVE_INFINITY,
    });
  },
};
