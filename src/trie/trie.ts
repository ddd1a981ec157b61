import type { Hash32, Hex } from '../base/brand.js';
import { fromHex, toHash32 } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { keccak256, keccak256Hex } from '../crypto/keccak.js';
import { EMPTY_TRIE_ROOT } from '../types/account.js';
import { type Nibbles, nibble, nibbleAt } from './nibbles.js';
import { type Child, childAt, childOf, HASH_BYTES, type Node, type NodeRef } from './node.js';
import { decodeNode } from './node-reader.js';
import { NodeWriter } from './node-writer.js';
import { put } from './put.js';
import { type Entry, putAll } from './put-all.js';
import { remove } from './remove.js';

/** Where a trie reads nodes by their hash: a store, or a set of proof nodes. The returned bytes are not written to. */
export type NodeSource = (hash: Hash32) => Uint8Array | undefined;

/** A node as it is stored: `hash` is the 32 bytes of keccak256 of `raw`. */
export interface StoredNode {
  readonly hash: Uint8Array;
  readonly raw: Uint8Array;
}

/** A node that a lookup or change needs is not in the source: the state of that root was never stored, or the store is damaged. */
export class MissingNodeError extends Error {
  override readonly name = 'MissingNodeError';
  readonly hash: Hash32;

  constructor(hash: Hash32) {
    super(`trie node ${hash} is missing`);
    this.hash = hash;
  }
}

/** What all tries that descend from one `openTrie` share. */
interface Family {
  readonly load: (hash: Hash32) => Node;
  resident: number;
}

/**
 * A Merkle-Patricia trie (Yellow Paper, appendix D) as a value: changes give a new trie and leave this one as it is;
 * the two share all nodes off the changed path. Keys are bytes as hex and hashed by the caller where the trie is a
 * "secure" one; values are never empty. Nodes are loaded when they are needed and then stay in memory: owners of
 * long-lived tries look at `residentNodes` and open the root afresh when it has grown too large.
 */
export class Trie {
  #root: Child | undefined;
  readonly #family: Family;

  /** For {@link openTrie}. */
  constructor(root: Child | undefined, family: Family) {
    this.#root = root;
    this.#family = family;
  }

  /** Nodes loaded and committed since the trie was opened: no fewer than are held in memory. */
  get residentNodes(): number {
    return this.#family.resident;
  }

  /** The value under `key`, or undefined. */
  get(key: Hex): Uint8Array | undefined {
    const path = key.slice(2);
    const { load } = this.#family;
    let node = this.#rootNode();
    let at = 0;
    while (node !== undefined) {
      if (node.kind === 'leaf') return node.path === path.slice(at) ? node.value : undefined;
      if (node.kind === 'branch') {
        if (at === path.length) return node.value;
        node = childAt(node, nibbleAt(path, at++), load);
      } else {
        if (!path.startsWith(node.path, at)) return undefined;
        at += node.path.length;
        node = childOf(node, load);
      }
    }
    return undefined;
  }

  /** This trie with `value` (not empty) under `key`. */
  put(key: Hex, value: Uint8Array): Trie {
    invariant(value.length > 0, 'a trie holds no empty values');
    return this.#with(put(this.#rootNode(), key.slice(2), value, this.#family.load));
  }

  /** This trie with each value (not empty) under its key; no key may stand there twice. Cheaper than to put one by one. */
  putAll(values: Iterable<readonly [key: Hex, value: Uint8Array]>): Trie {
    const entries = Array.from(values, ([key, value]): Entry => ({ path: key.slice(2), value }));
    if (entries.length === 0) return this;
    invariant(
      entries.every(({ value }) => value.length > 0),
      'a trie holds no empty values',
    );
    entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    return this.#with(putAll(this.#rootNode(), entries, 0, entries.length, 0, this.#family.load));
  }

  /** This trie without `key`. */
  delete(key: Hex): Trie {
    return this.#with(remove(this.#rootNode(), key.slice(2), this.#family.load));
  }

  /**
   * The root hash, and the nodes that came up since the last commit of this trie or of one it descends from, children
   * first. Each is hashed once, so each is handed out once: whoever builds on this trie has to store them. Their bytes
   * share memory: to keep a few of them for long, copy them.
   */
  commit(): { readonly root: Hash32; readonly nodes: StoredNode[] } {
    const nodes: StoredNode[] = [];
    const root = this.#root;
    if (root === undefined) return { root: EMPTY_TRIE_ROOT, nodes };
    if (typeof root === 'string') return { root, nodes };
    const ref = settle(root, new NodeWriter(), (hashed, raw) => nodes.push({ hash: hashed, raw }));
    // The root stands by its hash however short it is.
    const hash = ref.length < HASH_BYTES ? keccak256(ref) : ref;
    if (ref.length < HASH_BYTES) nodes.push({ hash, raw: ref });
    this.#family.resident += nodes.length;
    return { root: toHash32(hash), nodes };
  }

  /** The root hash alone, for a trie that is never stored. */
  rootHash(): Hash32 {
    if (this.#root === undefined) return EMPTY_TRIE_ROOT;
    if (typeof this.#root === 'string') return this.#root;
    const ref = settle(this.#root, new NodeWriter(), () => undefined);
    return ref.length < HASH_BYTES ? keccak256Hex(ref) : toHash32(ref);
  }

  /** Counts the nodes that this trie holds in memory, where `residentNodes` also counts those that changes replaced. */
  recount(): void {
    this.#family.resident = countLoaded(this.#root);
  }

  /**
   * The encoded nodes from the root down to `key`, or to where it would be: `eth_getProof`'s list, which leaves out
   * embedded nodes (EIP-1186). Of a committed trie only.
   */
  proof(key: Hex): Uint8Array[] {
    const path = key.slice(2);
    const nodes: Uint8Array[] = [];
    const writer = new NodeWriter();
    let node = this.#rootNode();
    let at = 0;
    while (node !== undefined) {
      if (nodes.length === 0 || node.ref?.length === HASH_BYTES) nodes.push(writer.encode(node));
      if (node.kind === 'leaf') break;
      if (node.kind === 'branch') {
        if (at === path.length) break;
        node = childAt(node, nibbleAt(path, at++), this.#family.load);
      } else {
        if (!path.startsWith(node.path, at)) break;
        at += node.path.length;
        node = childOf(node, this.#family.load);
      }
    }
    return nodes;
  }

  /** Every key from `from` on with its value, in the order of the keys' bytes. Nodes it loads are not kept. */
  *entries(from?: Hex): Generator<[key: Hex, value: Uint8Array]> {
    if (this.#root !== undefined) yield* entriesOf(this.#root, '', from?.slice(2) ?? '', this.#family.load);
  }

  #rootNode(): Node | undefined {
    if (typeof this.#root === 'string') this.#root = this.#family.load(this.#root);
    return this.#root;
  }

  #with(root: Node | undefined): Trie {
    return root === this.#root ? this : new Trie(root, this.#family);
  }
}

/** The trie with this root, read from `source` as it is needed. Never fails: a missing node shows when it is reached. */
export function openTrie(root: Hash32, source: NodeSource): Trie {
  const family: Family = {
    resident: 0,
    load(hash) {
      const raw = source(hash);
      if (raw === undefined) throw new MissingNodeError(hash);
      family.resident++;
      return decodeNode(raw, fromHex(hash));
    },
  };
  return new Trie(root === EMPTY_TRIE_ROOT ? undefined : root, family);
}

/** A trie with nothing in it and no store behind it. */
export const emptyTrie = (): Trie => openTrie(EMPTY_TRIE_ROOT, () => undefined);

function countLoaded(at: Child | undefined): number {
  if (at === undefined || typeof at === 'string') return 0;
  if (at.kind === 'leaf') return 1;
  if (at.kind === 'extension') return 1 + countLoaded(at.child);
  return at.children.reduce<number>((sum, child) => sum + countLoaded(child), 1);
}

/** Gives `node` and all below it their `ref`, and hands each that is hashed to `onHashed`, children first. */
function settle(node: Node, writer: NodeWriter, onHashed: (ref: NodeRef, raw: Uint8Array) => void): NodeRef {
  if (node.ref !== undefined) return node.ref;
  if (node.kind === 'branch') {
    for (const child of node.children) if (typeof child === 'object') settle(child, writer, onHashed);
  } else if (node.kind === 'extension' && typeof node.child === 'object') settle(node.child, writer, onHashed);
  const raw = writer.encode(node);
  if (raw.length < HASH_BYTES) {
    // A copy: the node lives longer than the memory that the encodings share.
    node.ref = new Uint8Array(raw);
    return node.ref;
  }
  node.ref = keccak256(raw);
  onHashed(node.ref, raw);
  return node.ref;
}

function* entriesOf(
  at: Child,
  path: Nibbles,
  from: Nibbles,
  load: (hash: Hash32) => Node,
): Generator<[Hex, Uint8Array]> {
  // All below a path that sorts before the beginning of `from` does so too.
  if (path < from.slice(0, path.length)) return;
  const node = typeof at === 'string' ? load(at) : at;
  if (node.kind === 'leaf') {
    if (path + node.path >= from) yield [`0x${path}${node.path}` as Hex, node.value];
  } else if (node.kind === 'extension') yield* entriesOf(node.child, path + node.path, from, load);
  else {
    if (node.value !== undefined && path >= from) yield [`0x${path}` as Hex, node.value];
    for (const [index, child] of node.children.entries()) {
      if (child !== undefined) yield* entriesOf(child, path + nibble(index), from, load);
    }
  }
}
