import type { Hash32 } from '../base/brand.js';
import type { Nibbles } from './nibbles.js';

/** Bytes of a node's hash. A node with a shorter encoding is not hashed but embedded in its parent (Yellow Paper, appendix D). */
export const HASH_BYTES = 32;

/** How a node stands in its parent: its hash, or, if it has fewer than {@link HASH_BYTES} bytes, its encoding. */
export type NodeRef = Uint8Array;

/**
 * A node in memory. What it says never changes; two things are filled in once: `ref`, undefined until the node was
 * committed or loaded, and children, whose hash gives way to the node when they are loaded.
 */
export type Node = LeafNode | ExtensionNode | BranchNode;

/** A node in memory, or the hash of one that can be loaded. */
export type Child = Node | Hash32;

/** The end of a key, with its value. */
export interface LeafNode {
  readonly kind: 'leaf';
  readonly path: Nibbles;
  readonly value: Uint8Array;
  ref: NodeRef | undefined;
}

/** A stretch, never empty, that all keys below share. `child` is always a branch. */
export interface ExtensionNode {
  readonly kind: 'extension';
  readonly path: Nibbles;
  child: Child;
  ref: NodeRef | undefined;
}

/** A fork: two entries at least, among 16 children and the value of the key that ends here. */
export interface BranchNode {
  readonly kind: 'branch';
  readonly children: (Child | undefined)[];
  readonly value: Uint8Array | undefined;
  ref: NodeRef | undefined;
}

/** A new leaf. */
export const leaf = (path: Nibbles, value: Uint8Array): LeafNode => ({ kind: 'leaf', path, value, ref: undefined });

/** A new extension; `path` is not empty. */
export const extension = (path: Nibbles, child: Child): ExtensionNode => ({
  kind: 'extension',
  path,
  child,
  ref: undefined,
});

/** A new branch; `children` has 16 entries and becomes the node's own. */
export const branch = (children: (Child | undefined)[], value: Uint8Array | undefined): BranchNode => ({
  kind: 'branch',
  children,
  value,
  ref: undefined,
});

/** Brings in a node by its hash; throws MissingNodeError if it can't. */
export type Load = (hash: Hash32) => Node;

/** The child of a branch, which from then on holds the node in place of its hash. */
export function childAt(node: BranchNode, index: number, load: Load): Node | undefined {
  const child = node.children[index];
  if (typeof child !== 'string') return child;
  const loaded = load(child);
  node.children[index] = loaded;
  return loaded;
}

/** The child of an extension, which from then on holds the node in place of its hash. */
export function childOf(node: ExtensionNode, load: Load): Node {
  if (typeof node.child === 'string') node.child = load(node.child);
  return node.child;
}
