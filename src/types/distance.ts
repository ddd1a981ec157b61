import type { NodeId } from '../base/brand.js';

/** Hex digits behind `0x` in a node id. */
const DIGITS = 64;

/** The value of a lower-case hex digit, by its character code. */
function digit(id: NodeId, index: number): number {
  const code = id.charCodeAt(2 + index);
  return code < 0x60 ? code - 0x30 : code - 0x57;
}

/** The position of the highest bit in which two ids differ, counted from 1; 0 if they are the same, at most 256. */
export function logDistance(a: NodeId, b: NodeId): number {
  for (let i = 0; i < DIGITS; i++) {
    const difference = digit(a, i) ^ digit(b, i);
    if (difference !== 0) return 4 * (DIGITS - i) - (Math.clz32(difference) - 28);
  }
  return 0;
}

/** Negative if `a` is closer to `target` than `b` by the XOR metric (devp2p discv4.md, Node Identities), 0 if they are equal. */
export function compareDistance(target: NodeId, a: NodeId, b: NodeId): number {
  let i = 0;
  while (i < DIGITS && a.charCodeAt(2 + i) === b.charCodeAt(2 + i)) i++;
  if (i === DIGITS) return 0;
  const fromTarget = digit(target, i);
  return (digit(a, i) ^ fromTarget) - (digit(b, i) ^ fromTarget);
}
