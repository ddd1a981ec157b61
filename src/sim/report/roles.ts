import type { ObservedNode } from '../observe/observation.js';

/** Colours for classes, miners and the like; the page's style says what they look like by day and by night. */
const COLORS = 6;

/** The colour for the `index`-th of several things; they repeat after six. */
export function colorOf(index: number): string {
  return index < 0 ? 'var(--muted)' : `var(--c${index % COLORS})`;
}

/** The classes of nodes in order of first appearance. */
export function rolesOf(nodes: readonly ObservedNode[]): string[] {
  return [...new Set(nodes.map(({ role }) => role))];
}

/** The colour of each node, by its class. */
export function roleColors(nodes: readonly ObservedNode[]): string[] {
  const roles = rolesOf(nodes);
  return nodes.map(({ role }) => colorOf(roles.indexOf(role)));
}
