import { type Nibbles, nibble, nibbleAt } from './nibbles.js';
import {
  type BranchNode,
  branch,
  childAt,
  childOf,
  type ExtensionNode,
  extension,
  type Load,
  leaf,
  type Node,
} from './node.js';

/**
 * `node` without the key that ends at `path`, in the one shape that the remaining keys have: lone children are merged
 * with what is above them. `node` itself if the key was not there, undefined if nothing is left.
 */
export function remove(node: Node | undefined, path: Nibbles, load: Load): Node | undefined {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case 'leaf':
      return node.path === path ? undefined : node;
    case 'extension':
      return removeBelow(node, path, load);
    case 'branch':
      return removeFromBranch(node, path, load);
  }
}

function removeBelow(node: ExtensionNode, path: Nibbles, load: Load): Node | undefined {
  if (!path.startsWith(node.path)) return node;
  const child = childOf(node, load);
  const changed = remove(child, path.slice(node.path.length), load);
  if (changed === child) return node;
  return changed && prepend(node.path, changed);
}

function removeFromBranch(node: BranchNode, path: Nibbles, load: Load): Node {
  if (path === '') return node.value === undefined ? node : collapse(branch(node.children.slice(), undefined), load);
  const index = nibbleAt(path, 0);
  const child = childAt(node, index, load);
  const changed = remove(child, path.slice(1), load);
  if (changed === child) return node;
  const children = node.children.slice();
  children[index] = changed;
  const without = branch(children, node.value);
  return changed === undefined ? collapse(without, load) : without;
}

/** The branch, or what stands for it if only one entry is left. A branch had two, so one there is. */
function collapse(node: BranchNode, load: Load): Node {
  const index = node.children.findIndex((child) => child !== undefined);
  if (index === -1) return node.value === undefined ? node : leaf('', node.value);
  const another = node.value !== undefined || node.children.some((child, i) => child !== undefined && i > index);
  const only = another ? undefined : childAt(node, index, load);
  return only === undefined ? node : prepend(nibble(index), only);
}

/** `node` with `path` above it. */
function prepend(path: Nibbles, node: Node): Node {
  switch (node.kind) {
    case 'leaf':
      return leaf(path + node.path, node.value);
    case 'extension':
      return extension(path + node.path, node.child);
    case 'branch':
      return extension(path, node);
  }
}
