/**
 * True if a chain of `candidate` total difficulty takes over from one of `current`. On equal work the chain seen first
 * stays: an attacker with half the work must not get a coin flip for each of his blocks.
 */
export function takesOver(candidate: bigint, current: bigint): boolean {
  return candidate > current;
}
