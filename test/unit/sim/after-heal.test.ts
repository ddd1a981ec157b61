import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { Invariant } from '../../../src/sim/observe/invariant.js';
import { runScenario } from '../../../src/sim/run-scenario.js';
import type { Scenario } from '../../../src/sim/scenario.js';
import { partitionScenario } from '../../../src/sim/scenarios/partition.js';
import { splitHealScenario } from '../../../src/sim/scenarios/split-heal.js';
import type { World } from '../../../src/sim/world.js';

/** The world as it would be if the last node were on a chain of its own. */
function apart(world: World): World {
  const others = world.nodes.slice(0, -1);
  const strays = world.nodes.slice(-1).map((node) => {
    const rooms = node.rooms();
    const chain = { ...rooms.chain, head: () => rooms.chain.head(), canonicalHash: () => undefined };
    return { ...node, rooms: () => ({ ...rooms, chain }) };
  });
  return { ...world, nodes: [...others, ...strays] };
}

/** The invariant, which sees nodes on two chains once they are on one again. */
const deceived = (invariant: Invariant): Invariant => ({
  ...invariant,
  begin() {
    const { check, ...checker } = invariant.begin();
    return {
      ...checker,
      check: (look) => check(look.moments.has('one chain') ? { ...look, world: apart(look.world) } : look),
    };
  },
});

const CASES: readonly { readonly scenario: Scenario; readonly nodes: number }[] = [
  { scenario: splitHealScenario, nodes: 4 },
  { scenario: partitionScenario, nodes: 5 },
];

beforeAll(async () => {
  await selectCrypto();
});

describe('after the heal', () => {
  it.each(CASES)('nodes of $scenario.name are watched for being on one chain', ({ scenario, nodes }) => {
    const settings = { ...scenario.small.scale.settings, splitMs: 60_000 };
    const request = { seed: '1', nodes, fidelity: 'scale', settings } as const;
    const invariants = () => (scenario.invariants?.(settings) ?? []).map(deceived);
    const { ending } = runScenario({ ...scenario, invariants }, request);
    expect(ending).toMatchObject({ kind: 'violation', invariant: 'one-chain' });
  });
});
