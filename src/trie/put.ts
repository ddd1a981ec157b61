import { bytesEqual } from '../base/bytes.js';
import { commonLength, type Nibbles, nibbleAt } from './nibbles.js';
import {
  type BranchNode,
  branch,
  type Child,
  childAt,
  childOf,
  type ExtensionNode,
  extension,
  type LeafNode,
  type Load,
  leaf,
  type Node,
} from './node.js';

/**
 * `node` with `value` (not empty) under `path`; `node` itself if it says so already. Whatever is off the path is shared
 * between the two.
 */
export function put(node: Node | undefined, path: Nibbles, value: Uint8Array, load: Load): Node {
  if (node === undefined) return leaf(path, value);
  if (node.kind === 'branch') return putInBranch(node, path, value, load);
  const common = commonLength(node.path, path);
  if (common < node.path.length) return split(node, common, path, value);
  if (node.kind === 'extension') {
    const child = childOf(node, load);
    const changed = put(child, path.slice(common), value, load);
    return changed === child ? node : extension(node.path, changed);
  }
  if (common < path.length) return split(node, common, path, value);
  return bytesEqual(node.value, value) ? node : leaf(path, value);
}

function putInBranch(node: BranchNode, path: Nibbles, value: Uint8Array, load: Load): Node {
  if (path === '') {
    const same = node.value !== undefined && bytesEqual(node.value, value);
    return same ? node : branch(node.children.slice(), value);
  }
  const index = nibbleAt(path, 0);
  const child = childAt(node, index, load);
  const changed = put(child, path.slice(1), value, load);
  if (changed === child) return node;
  const children = node.children.slice();
  children[index] = changed;
  return branch(children, node.value);
}

/** A branch where the first `common` nibbles end, below them if there are any: what `node` held, and the new value. */
function split(node: LeafNode | ExtensionNode, common: number, path: Nibbles, value: Uint8Array): Node {
  const children = new Array<Child | undefined>(16).fill(undefined);
  let branchValue: Uint8Array | undefined;
  if (node.path.length > common) children[nibbleAt(node.path, common)] = shorten(node, common + 1);
  else if (node.kind === 'leaf') branchValue = node.value;
  if (path.length > common) children[nibbleAt(path, common)] = leaf(path.slice(common + 1), value);
  else branchValue = value;
  const fork = branch(children, branchValue);
  return common === 0 ? fork : extension(path.slice(0, common), fork);
}

/** `node` without the first `length` nibbles of its path. */
function shorten(node: LeafNode | ExtensionNode, length: number): Child {
  if (node.kind === 'leaf') return leaf(node.path.slice(length), node.value);
  return length === node.path.length ? node.child : extension(node.path.slice(length), node.child);
}
