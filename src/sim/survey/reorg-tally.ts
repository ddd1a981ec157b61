import { alsoTelling, type Watch } from '../watch.js';

/** What nodes dropped of their chains for others, while somebody watched. */
export interface ReorgTally {
  /** To be given to the world; it does what the watch does that it was made from. */
  readonly watch: Watch;
  count(): number;
  /** The most blocks that a node dropped at once. */
  deepest(): number;
}

/** Counts how often nodes drop blocks. */
export function tallyReorgs(watch: Watch | undefined): ReorgTally {
  let [count, deepest] = [0, 0];
  return {
    count: () => count,
    deepest: () => deepest,
    watch: alsoTelling(watch, (_node, event) => {
      if (event.kind !== 'head' || event.depth === 0) return;
      count++;
      deepest = Math.max(deepest, event.depth);
    }),
  };
}
