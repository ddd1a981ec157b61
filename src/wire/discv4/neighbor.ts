import { BoundedMap } from '../../base/bounded.js';
import type { PublicKey } from '../../base/brand.js';
import { bytesToNumber } from '../../base/bytes.js';
import { fromHex, leadingWord, toPublicKey } from '../../base/hex.js';
import { type RlpCursor, rlpSequence } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBytes } from '../../codec/rlp-writer.js';
import { endpointItems, readEndpointItems, type StatedEndpoint } from './fields.js';

/** A node as another one tells of it: hearsay. */
export interface Neighbor {
  readonly publicKey: PublicKey;
  readonly endpoint: StatedEndpoint;
}

const KEY_BYTES = 64;

/** A node and the list that says so. */
interface Statement {
  readonly neighbor: Neighbor;
  readonly item: Uint8Array;
}

/**
 * Statements kept, by the first 32 bits of the key, of which later ones push out earlier ones: a lookup hears of the
 * same nodes again and again, and a table tells of the same ones. Whoever pushes others out makes us read them again.
 */
const MAX_REMEMBERED = 16_384;
/** A statement never changes, so that all of the process share them. */
const remembered = new BoundedMap<number, Statement>(MAX_REMEMBERED);

/** The next item, `[ip, udp, tcp, key, ...]`, as a node: the same object for the same bytes, while it is remembered. */
export function readNeighbor(items: RlpCursor): Neighbor {
  const raw = items.raw();
  const known = remembered.peek(lastKeyWord(raw));
  if (known !== undefined && holdsTheSame(known.item, raw)) return known.neighbor;
  const fields = rlpSequence(raw).list();
  const endpoint = readEndpointItems(fields);
  const neighbor = { publicKey: toPublicKey(fields.fixed(KEY_BYTES)), endpoint };
  const item = encode(neighbor);
  // Another way to say the same is understood, but we don't repeat it to others.
  if (holdsTheSame(item, raw)) remembered.set(lastKeyWord(raw), { neighbor, item });
  return neighbor;
}

/** The node as an encoded list. */
export function neighborItem({ publicKey, endpoint }: Neighbor): Uint8Array {
  const name = leadingWord(publicKey);
  const known = remembered.peek(name);
  if (known?.neighbor.publicKey === publicKey && isSame(known.neighbor.endpoint, endpoint)) return known.item;
  const neighbor = { publicKey, endpoint };
  const item = encode(neighbor);
  remembered.set(name, { neighbor, item });
  return item;
}

const encode = ({ publicKey, endpoint }: Neighbor): Uint8Array =>
  encodeRlpList([...endpointItems(endpoint), rlpBytes(fromHex(publicKey))]);

/** The first 32 bits of the key, with which an item as we write it ends. */
const lastKeyWord = (item: Uint8Array): number =>
  bytesToNumber(item, item.length - KEY_BYTES, item.length - KEY_BYTES + 4);

function holdsTheSame(a: Uint8Array, b: Uint8Array): boolean {
  // From the end: what differs is mostly the key. Faster than a call out of JavaScript for so few bytes.
  let at = a.length === b.length ? a.length - 1 : 0;
  while (at > 0 && a[at] === b[at]) at--;
  return a.length === b.length && a[at] === b[at];
}

const isSame = (a: StatedEndpoint, b: StatedEndpoint): boolean =>
  a === b || (a.ip === b.ip && a.udpPort === b.udpPort && a.tcpPort === b.tcpPort);
