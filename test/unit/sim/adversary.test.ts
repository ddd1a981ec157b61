import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../src/crypto/select.js';
import { announced } from '../../../src/sim/adversary/announced.js';
import { neighboursLiar } from '../../../src/sim/adversary/neighbours-liar.js';
import { type ProbeTally, prober } from '../../../src/sim/adversary/prober.js';
import { silentPeer } from '../../../src/sim/adversary/silent-peer.js';
import { slotFiller } from '../../../src/sim/adversary/slot-filler.js';
import type { Program } from '../../../src/sim/machines/outsider.js';
import type { SimNode } from '../../../src/sim/machines/sim-node.js';
import { ALWAYS, watchRun } from '../../../src/sim/observe/watch-run.js';
import { simGenesis } from '../../../src/sim/sim-genesis.js';
import { createWorld, type Fidelity, type World } from '../../../src/sim/world.js';

const HONEST = 10;
const MAX_PEERS = 9;
const FIDELITIES = ['exact', 'scale'] as const;
const TIMEOUT_MS = 120_000;

beforeAll(async () => {
  await selectCrypto();
});

interface Net {
  readonly world: World;
  readonly nodes: readonly SimNode[];
}

/** A network that has found itself, with everything on the watch that must hold in each run. */
function network(fidelity: Fidelity, settle = true): Net {
  const watch = watchRun({ invariants: ALWAYS, everyMs: 500 });
  const links = { latency: { kind: 'uniform', fromMs: 10, toMs: 60 }, datagramLoss: 0 } as const;
  const world = createWorld({ seed: 'adversary', fidelity, genesis: simGenesis([], 2), links, watch });
  for (let i = 0; i < HONEST; i++) {
    const bootnodes = world.nodes.slice(0, 2);
    world.addNode({ bootnodes, hashrate: i < 2 ? 16_384 : 0, maxPeers: MAX_PEERS }).start();
  }
  if (settle) world.run(20_000);
  return { world, nodes: world.nodes };
}

function add({ world, nodes }: Net, program: Program): ReturnType<World['addOutsider']> {
  const outsider = world.addOutsider(
    announced(
      program,
      nodes.map(({ address }) => address),
    ),
  );
  outsider.start();
  return outsider;
}

/** Whoever has an honest peer follows the chain. */
function expectHealthy({ world, nodes }: Net): void {
  const honest = new Set<string>(nodes.map(({ identity }) => identity.nodeId));
  const joined = nodes.filter((node) =>
    node
      .rooms()
      .swarm.peers(node.nowMs())
      .some(({ id }) => honest.has(id)),
  );
  expect(joined.length).toBeGreaterThan(nodes.length / 2);
  const heights = joined.map((node) => node.rooms().chain.head().header.number);
  world.run(30_000);
  for (const [index, node] of joined.entries()) {
    expect(node.rooms().chain.head().header.number).toBeGreaterThan(heights[index] ?? 0);
  }
}

describe.each(FIDELITIES)('outsiders, %s', { timeout: TIMEOUT_MS }, (fidelity) => {
  it('a silent peer gets slots, and harms nobody', () => {
    const net = network(fidelity, false);
    const silent = Array.from({ length: 3 }, () => add(net, silentPeer('polite')));
    net.world.run(30_000);
    const ids = new Set<string>(silent.map(({ identity }) => identity.nodeId));
    const held = net.nodes.flatMap((node) =>
      node
        .rooms()
        .swarm.peers(node.nowMs())
        .filter(({ id }) => ids.has(id)),
    );
    expect(held.length).toBeGreaterThan(0);
    expectHealthy(net);
  });

  it('a liar is asked for neighbours, and its inventions get into no table', () => {
    const net = network(fidelity, false);
    const liars = Array.from({ length: 2 }, () => add(net, neighboursLiar));
    net.world.run(30_000);
    const known = new Set<string>([...net.nodes, ...liars].map(({ identity }) => identity.nodeId));
    const tables = net.nodes.flatMap((node) => node.rooms().swarm.discoveryTable());
    expect(tables.filter(({ nodeId }) => liars.some(({ identity }) => identity.nodeId === nodeId))).not.toEqual([]);
    expect(tables.filter(({ nodeId, livenessChecks }) => livenessChecks > 0 && !known.has(nodeId))).toEqual([]);
    expectHealthy(net);
  });

  it('a slot filler holds inbound slots of its target, and none that the target chooses', () => {
    const net = network(fidelity);
    const target = net.nodes[5];
    if (target === undefined) throw new Error('there are ten nodes');
    const targets = [{ address: target.address, publicKey: target.identity.publicKey }];
    add(net, slotFiller({ targets, each: 20, everyMs: 2_000 }));
    net.world.run(30_000);
    const honest = new Set<string>(net.nodes.map(({ identity }) => identity.nodeId));
    const peers = target.rooms().swarm.peers(target.nowMs());
    const strangers = peers.filter(({ id }) => !honest.has(id));
    expect(strangers.length).toBeGreaterThan(0);
    expect(strangers.every(({ network: { inbound } }) => inbound)).toBe(true);
    expectHealthy({ ...net, nodes: net.nodes.filter((node) => node !== target) });
  });

  it('a prober counts what is answered, and what is not', () => {
    const net = network(fidelity);
    const [bootnode] = net.nodes;
    if (bootnode === undefined) throw new Error('there are ten nodes');
    const tally: ProbeTally = { asked: 0, answered: 0, tookMs: [] };
    net.world.addOutsider(prober(bootnode.address, 1_000, tally)).start();
    net.world.run(12_500);
    expect(tally).toMatchObject({ asked: 11, answered: 11 });
    expect(Math.max(...tally.tookMs)).toBeLessThanOrEqual(120);
    bootnode.unplug();
    net.world.run(10_000);
    expect(tally).toMatchObject({ asked: 21, answered: 11 });
  });
});
