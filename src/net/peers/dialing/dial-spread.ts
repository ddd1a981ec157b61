import type { NodeId } from '../../../base/brand.js';
import { logDistance } from '../../../types/distance.js';

const ID_BITS = 256;

/**
 * True if dialing `nodeId` keeps the ids of the peers that we chose spread, given those of the others and the number of dialed slots: with the first b
 * bits of our id there are no more than their share, slots / 2^b rounded up. Discovery finds our neighbours first: peers that all were neighbours
 * would be each other's peers as well, so that blocks go in circles, and whoever makes ids near ours would be chosen first (A1).
 */
export function keepsSpread(localId: NodeId, nodeId: NodeId, outbound: readonly NodeId[], slots: number): boolean {
  const shared = sharedBits(localId, nodeId);
  if (shared === 0) return true;
  const others = outbound.map((id) => sharedBits(localId, id));
  for (let bits = 1; bits <= shared; bits++) {
    const share = Math.ceil(slots / 2 ** bits);
    if (others.filter((other) => other >= bits).length >= share) return false;
    // All longer prefixes have the same share.
    if (share <= 1) break;
  }
  return true;
}

/** The length of the prefix that two ids share. */
const sharedBits = (a: NodeId, b: NodeId): number => ID_BITS - logDistance(a, b);
