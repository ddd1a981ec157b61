import type { NodeId, PublicKey } from '../../base/brand.js';
import { toPublicKey } from '../../base/hex.js';
import type { Random } from '../../ports/random.js';

/** Half of all ids are wanted at least, or nearly so: more draws would not find one either. */
const MAX_DRAWS = 16;

/**
 * Where to search for peers: anywhere in the network, so that nobody can guess where and be there already, but among ids that are wanted. The
 * last draw if none of them is.
 */
export function seekTarget(
  random: Random,
  nodeIdOf: (publicKey: PublicKey) => NodeId,
  wanted: (id: NodeId) => boolean,
): PublicKey {
  let target = toPublicKey(random.bytes(64));
  for (let draw = 1; draw < MAX_DRAWS && !wanted(nodeIdOf(target)); draw++) target = toPublicKey(random.bytes(64));
  return target;
}
