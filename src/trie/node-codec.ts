import type { Hash32 } from '../base/brand.js';
import { EMPTY_BYTES } from '../base/bytes.js';
import { toHash32 } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { DecodeError } from '../codec/decode-error.js';
import { type RlpCursor, rlpList } from '../codec/rlp-reader.js';
import { encodeRlpList, rlpBytes } from '../codec/rlp-writer.js';
import { decodePath, encodePath } from './nibbles.js';
import { branch, type Child, leaf, type Node, type NodeRef } from './node.js';

/** Encodings from this length on stand in their parent by hash (Yellow Paper, appendix D). */
export const HASHED_FROM_BYTES = 32;

const EMPTY_ITEM = rlpBytes(EMPTY_BYTES);

/** The encoding of a node whose children all have their `ref`. */
export function encodeNode(node: Node): Uint8Array {
  switch (node.kind) {
    case 'leaf':
      return encodeRlpList([rlpBytes(encodePath(node.path, true)), rlpBytes(node.value)]);
    case 'extension':
      return encodeRlpList([rlpBytes(encodePath(node.path, false)), childItem(node.child)]);
    case 'branch': {
      const items = node.children.map((child) => (child === undefined ? EMPTY_ITEM : childItem(child)));
      items.push(node.value === undefined ? EMPTY_ITEM : rlpBytes(node.value));
      return encodeRlpList(items);
    }
  }
}

function childItem(child: Child): Uint8Array {
  const ref: NodeRef | undefined = typeof child === 'string' ? child : child.ref;
  invariant(ref !== undefined, 'a child is encoded before its parent');
  return typeof ref === 'string' ? hashItem(ref) : ref;
}

/** The item of a hash: its 32 bytes behind a length of 32. */
function hashItem(hash: Hash32): Uint8Array {
  return Buffer.from(`a0${hash.slice(2)}`, 'hex');
}

/** The node that `raw` encodes, embedded ones inside it; throws DecodeError. `ref` is how it stands in its parent. */
export function decodeNode(raw: Uint8Array, ref: NodeRef): Node {
  const items = rlpList(raw);
  const count = items.count(17);
  const node = count === 2 ? readShort(items, ref) : readBranch(items, ref);
  items.done();
  return node;
}

function readShort(items: RlpCursor, ref: NodeRef): Node {
  const { path, isLeaf } = decodePath(items.bytes());
  if (isLeaf) return { ...leaf(path, items.bytes()), ref };
  const child = readChild(items);
  if (child === undefined || path === '') throw new DecodeError('bad-value', 'an extension without path or child');
  return { kind: 'extension', path, child, ref };
}

function readBranch(items: RlpCursor, ref: NodeRef): Node {
  const children: (Child | undefined)[] = [];
  for (let i = 0; i < 16; i++) children.push(readChild(items));
  const value = items.bytes();
  return { ...branch(children, value.length === 0 ? undefined : value), ref };
}

function readChild(items: RlpCursor): Child | undefined {
  if (items.nextIsList()) {
    const raw = items.raw();
    // Also what keeps the recursion shallow: each level takes a byte at least.
    if (raw.length >= HASHED_FROM_BYTES) throw new DecodeError('bad-length', 'an embedded node of 32 bytes or more');
    return decodeNode(raw, raw);
  }
  const hash = items.bytesUpTo(32);
  if (hash.length === 0) return undefined;
  if (hash.length < 32) throw new DecodeError('bad-length', `a node hash of ${hash.length} bytes`);
  return toHash32(hash);
}
