import { describe, expect, it } from 'vitest';
import { simGenesis } from '../../../../src/sim/sim-genesis.js';
import { areForked } from '../../../../src/sim/workload/mined.js';
import { createWorld } from '../../../../src/sim/world.js';

const LINKS = { latency: { kind: 'constant', ms: 20 }, datagramLoss: 0 } as const;

/** Two nodes that had a minute together and one apart; who mines, and whether in both. */
function forked(hashrates: readonly [number, number], cut: boolean): boolean {
  const world = createWorld({ seed: '1', fidelity: 'scale', genesis: simGenesis([], 2), links: LINKS });
  const one = world.addNode({ bootnodes: [], hashrate: hashrates[0] });
  const other = world.addNode({ bootnodes: [one], hashrate: hashrates[1] });
  for (const node of world.nodes) node.start();
  world.run(60_000);
  if (cut) world.partition([[one], [other]]);
  world.run(60_000, cut ? undefined : () => one.rooms().chain.head().hash !== other.rooms().chain.head().hash);
  return areForked(one, other);
}

describe('two nodes are forked', () => {
  it.each([
    { name: 'if both mine apart', hashrates: [32_768, 32_768], cut: true, is: true },
    { name: 'not if one of them stands still', hashrates: [32_768, 0], cut: true, is: false },
    { name: 'not if the other does', hashrates: [0, 32_768], cut: true, is: false },
    { name: 'not while a block is on its way', hashrates: [32_768, 0], cut: false, is: false },
  ] as const)('$name', ({ hashrates, cut, is }) => {
    expect(forked(hashrates, cut)).toBe(is);
  });
});
