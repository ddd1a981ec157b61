import { EMPTY_BYTES } from '../base/bytes.js';
import { invariant } from '../base/invariant.js';
import { pathHex } from './nibbles.js';
import { type BranchNode, type Child, HASH_BYTES, type Node, type NodeRef } from './node.js';

/**
 * Bytes that are taken from the system at once, first and at most; each piece is twice the one before. A typed array of its own
 * for each node would cost more than hashing it. What a block with a payment or two changes fits in the first.
 */
const FIRST_PIECE_BYTES = 4 * 1024;
const MOST_PIECE_BYTES = 64 * 1024;
/** A hash as an item: its length, 32, and its bytes. */
const HASH_PREFIX = 0xa0;

/**
 * Encodes nodes one after the other into shared pieces of memory. What it returns are views: whoever keeps one of them
 * for long copies it, or keeps its neighbours as well.
 */
export class NodeWriter {
  #piece = Buffer.alloc(0);
  #at = 0;

  /** The encoding of a node whose children all have their `ref` (Yellow Paper, appendix D). */
  encode(node: Node): Uint8Array {
    const length = payloadLength(node);
    const total = headerLength(length) + length;
    if (this.#at + total > this.#piece.length) {
      const bytes = Math.min(MOST_PIECE_BYTES, Math.max(FIRST_PIECE_BYTES, 2 * this.#piece.length));
      this.#piece = Buffer.alloc(Math.max(bytes, total));
      this.#at = 0;
    }
    const start = this.#at;
    this.#header(0xc0, length);
    if (node.kind === 'branch') {
      for (const child of node.children) this.#child(child);
      this.#bytes(node.value ?? EMPTY_BYTES);
    } else {
      this.#path(pathHex(node.path, node.kind === 'leaf'));
      if (node.kind === 'leaf') this.#bytes(node.value);
      else this.#child(node.child);
    }
    return new Uint8Array(this.#piece.buffer, this.#piece.byteOffset + start, total);
  }

  #header(kind: 0x80 | 0xc0, length: number): void {
    if (length <= 55) {
      this.#piece[this.#at++] = kind + length;
      return;
    }
    const count = lengthBytes(length);
    this.#piece[this.#at++] = kind + 55 + count;
    this.#at = this.#piece.writeUIntBE(length, this.#at, count);
  }

  #bytes(bytes: Uint8Array): void {
    if (itemLength(bytes) > 1 || bytes.length === 0) this.#header(0x80, bytes.length);
    this.#piece.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #path(hex: string): void {
    const length = hex.length / 2;
    // The first byte holds flags below 0x80, so that a path of one byte stands for itself.
    if (length > 1) this.#header(0x80, length);
    this.#at += this.#piece.write(hex, this.#at, length, 'hex');
  }

  #child(child: Child | undefined): void {
    if (child === undefined) {
      this.#piece[this.#at++] = 0x80;
      return;
    }
    if (typeof child === 'string') {
      this.#piece[this.#at++] = HASH_PREFIX;
      this.#at += this.#piece.write(child.slice(2), this.#at, HASH_BYTES, 'hex');
      return;
    }
    const ref = refOf(child);
    if (ref.length === HASH_BYTES) this.#piece[this.#at++] = HASH_PREFIX;
    this.#piece.set(ref, this.#at);
    this.#at += ref.length;
  }
}

function payloadLength(node: Node): number {
  if (node.kind === 'branch') return branchLength(node);
  const pathBytes = (node.path.length >> 1) + 1;
  const path = pathBytes === 1 ? 1 : headerLength(pathBytes) + pathBytes;
  return path + (node.kind === 'leaf' ? itemLength(node.value) : childLength(node.child));
}

function branchLength(node: BranchNode): number {
  let length = node.value === undefined ? 1 : itemLength(node.value);
  for (const child of node.children) length += child === undefined ? 1 : childLength(child);
  return length;
}

function childLength(child: Child): number {
  if (typeof child === 'string') return 1 + HASH_BYTES;
  const { length } = refOf(child);
  return length === HASH_BYTES ? 1 + HASH_BYTES : length;
}

function refOf(node: Node): NodeRef {
  invariant(node.ref !== undefined, 'a child is encoded before its parent');
  return node.ref;
}

function itemLength(bytes: Uint8Array): number {
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return 1;
  return headerLength(bytes.length) + bytes.length;
}

function headerLength(length: number): number {
  return length <= 55 ? 1 : 1 + lengthBytes(length);
}

/** Bytes that a length takes; a node is shorter than 2^32. */
function lengthBytes(length: number): number {
  if (length < 0x100) return 1;
  if (length < 0x10000) return 2;
  return length < 0x1000000 ? 3 : 4;
}
