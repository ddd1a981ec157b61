import { toHash32 } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import { type RlpCursor, rlpList } from '../codec/rlp-reader.js';
import { decodePath } from './nibbles.js';
import { type Child, HASH_BYTES, type Node, type NodeRef } from './node.js';

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
  if (isLeaf) return { kind: 'leaf', path, value: items.bytes(), ref };
  const child = readChild(items);
  if (child === undefined || path === '') throw new DecodeError('bad-value', 'an extension without path or child');
  return { kind: 'extension', path, child, ref };
}

function readBranch(items: RlpCursor, ref: NodeRef): Node {
  const children: (Child | undefined)[] = [];
  for (let i = 0; i < 16; i++) children.push(readChild(items));
  const value = items.bytes();
  return { kind: 'branch', children, value: value.length === 0 ? undefined : value, ref };
}

function readChild(items: RlpCursor): Child | undefined {
  if (items.nextIsList()) {
    const raw = items.raw();
    // Also what keeps the recursion shallow: each level takes a byte at least.
    if (raw.length >= HASH_BYTES) throw new DecodeError('bad-length', 'an embedded node of 32 bytes or more');
    return decodeNode(raw, raw);
  }
  const hash = items.bytesUpTo(HASH_BYTES);
  if (hash.length === 0) return undefined;
  if (hash.length < HASH_BYTES) throw new DecodeError('bad-length', `a node hash of ${hash.length} bytes`);
  return toHash32(hash);
}
