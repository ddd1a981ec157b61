import { bytesEqual } from '../base/bytes.js';
import { type Nibbles, nibbleAt } from './nibbles.js';
import { type BranchNode, branch, childAt, type Load, type Node } from './node.js';
import { put } from './put.js';

/** A value, not empty, and where it goes. */
export interface Entry {
  readonly path: Nibbles;
  readonly value: Uint8Array;
}

/**
 * `node`, which stands at depth `at`, with the entries from `start` to before `end` (at least one) of a list that is
 * sorted by path, no path twice. What `put` gives for one after the other, but each branch is made anew only once.
 */
export function putAll(
  node: Node | undefined,
  entries: readonly Entry[],
  start: number,
  end: number,
  at: number,
  load: Load,
): Node {
  let changed = node;
  for (let next = start; next < end; next++) {
    if (changed?.kind === 'branch' && end - next > 1) return putAllInBranch(changed, entries, next, end, at, load);
    const { path, value } = entries[next] as Entry;
    changed = put(changed, path.slice(at), value, load);
  }
  return changed as Node;
}

function putAllInBranch(
  node: BranchNode,
  entries: readonly Entry[],
  start: number,
  end: number,
  at: number,
  load: Load,
): Node {
  const first = entries[start] as Entry;
  const endsHere = first.path.length === at;
  const isSame = !endsHere || (node.value !== undefined && bytesEqual(node.value, first.value));
  let children: BranchNode['children'] | undefined;
  for (let next = endsHere ? start + 1 : start; next < end; ) {
    const index = nibbleAt((entries[next] as Entry).path, at);
    let groupEnd = next + 1;
    while (groupEnd < end && nibbleAt((entries[groupEnd] as Entry).path, at) === index) groupEnd++;
    const child = childAt(node, index, load);
    const changed = putAll(child, entries, next, groupEnd, at + 1, load);
    if (changed !== child) {
      children ??= node.children.slice();
      children[index] = changed;
    }
    next = groupEnd;
  }
  if (children === undefined && isSame) return node;
  return branch(children ?? node.children.slice(), isSame ? node.value : first.value);
}
