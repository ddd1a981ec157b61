import type { PublicKey } from '../../base/brand.js';
import { emptyTally, prober } from '../adversary/prober.js';
import type { SimNode } from '../machines/sim-node.js';
import type { World } from '../world.js';

/** Time between two questions to a node. */
const EVERY_MS = 2_000;

/** Asks each of `asked` for neighbours of random ids for `ms`; the nodes that they tell of, each as often as it is told of. */
export function surveyTold(world: World, asked: readonly SimNode[], ms: number): SimNode[] {
  const byKey = new Map<PublicKey, SimNode>(world.nodes.map((node) => [node.identity.publicKey, node]));
  const told: SimNode[] = []; // BOUNDED: by the time of the survey
  const onTold = (key: PublicKey): void => {
    const node = byKey.get(key);
    if (node !== undefined) told.push(node);
  };
  for (const { address } of asked) world.addOutsider(prober(address, EVERY_MS, emptyTally(), onTold)).start();
  world.run(ms);
  return told;
}
