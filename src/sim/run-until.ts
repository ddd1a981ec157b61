import type { World } from './world.js';

/** Runs until `done` holds, which is looked at each `lookMs`, or for `ms`; the virtual time it took, or undefined if it never did. */
export function runUntil(world: World, ms: number, lookMs: number, done: () => boolean): number | undefined {
  const fromMs = world.nowMs();
  while (!done()) {
    if (world.nowMs() - fromMs >= ms) return undefined;
    world.run(lookMs);
  }
  return world.nowMs() - fromMs;
}
