import type { Invariant } from './invariant.js';

/** How many blocks a node may give up for others at once, from a named moment on. */
export interface ReorgRule {
  readonly from: string;
  readonly most: number;
}

/** No node drops more than so many blocks of its chain at once. */
export function shallowReorgs({ from, most }: ReorgRule): Invariant {
  return {
    name: 'shallow-reorgs',
    summary: `from "${from}" on, a node drops ${most} blocks at once at most`,
    begin() {
      /** The deepest since the last look. */
      let deepest: { readonly node: string; readonly blocks: number } | undefined;
      return {
        onEvent(node, event) {
          if (event.kind !== 'head' || event.depth <= (deepest?.blocks ?? 0)) return;
          deepest = { node, blocks: event.depth };
        },
        check({ moments }) {
          const seen = deepest;
          deepest = undefined;
          if (seen === undefined || seen.blocks <= most || !moments.has(from)) return undefined;
          return `${seen.node} dropped ${seen.blocks} blocks at once`;
        },
      };
    },
  };
}
