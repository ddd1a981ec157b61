import type { Random } from '../../ports/random.js';
import { pick, sampleOf } from '../distributions.js';
import type { NatKind } from '../network/nat.js';

/** Of ten unreachable nodes: so many behind each kind of device, about as home routers are. */
const HIDDEN: readonly NatKind[] = [
  ...(['full-cone', 'full-cone'] as const),
  ...(['address-restricted', 'address-restricted', 'address-restricted', 'address-restricted'] as const),
  ...(['symmetric', 'symmetric'] as const),
  ...(['firewalled', 'firewalled'] as const),
];

/** What is before each of so many nodes: this share of them can't be dialed, none of them among the first `open`. */
export function drawNats(random: Random, nodes: number, open: number, share: number): NatKind[] {
  const places = Array.from({ length: nodes }, (_, i) => i).slice(open);
  const hidden = new Set(sampleOf(places, Math.round(nodes * share), random));
  return Array.from({ length: nodes }, (_, i) => (hidden.has(i) && pick(random, HIDDEN)) || 'open');
}
