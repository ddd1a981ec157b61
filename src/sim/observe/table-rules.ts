import type { TableNodeView } from '../../net/discovery/discovery.js';
import type { SimNode } from '../machines/sim-node.js';
import { honestNodes, type Invariant } from './invariant.js';

// Written down here once more: a rule that changed is to be noticed.
const BUCKET_SIZE = 16;
const REPLACEMENTS = 10;
const SUBNET_IN_BUCKET = 2;
const SUBNET_IN_TABLE = 10;
const BUCKETS = 17;

const digit = (code: number): number => (code < 0x60 ? code - 0x30 : code - 0x57);

/** The first 16 bits of an id: all that its bucket depends on. */
function head(id: string): number {
  let bits = 0;
  for (let at = 2; at < 6; at++) bits = (bits << 4) | digit(id.charCodeAt(at));
  return bits;
}

const bucketFor = (own: number, id: string): number => 32 - Math.clz32(own ^ head(id));

/** The first 24 bits of an IPv4 address; -1 of any other. */
function wordOf(ip: string): number {
  let [bits, byte] = [0, 0];
  for (let at = 0; at < ip.length; at++) {
    const code = ip.charCodeAt(at);
    if (code === 0x3a) return -1;
    if (code !== 0x2e) byte = 10 * byte + code - 0x30;
    else [bits, byte] = [(bits << 8) | byte, 0];
  }
  return bits;
}

/** Of the table at hand: the /24s, and how many there are in each place. */
const scratch = new Int32Array(BUCKETS * (BUCKET_SIZE + REPLACEMENTS));
const places = new Uint16Array(2 * BUCKETS);

/** True if a table keeps all rules as far as a quick look tells: nearly each does, and all are looked at again and again. */
function isPlain(own: number, table: readonly TableNodeView[]): boolean {
  places.fill(0);
  if (table.length > scratch.length) return false;
  const words = scratch.subarray(0, table.length);
  for (let i = 0; i < table.length; i++) {
    const { nodeId, endpoint, bucket, replacement } = table[i] as TableNodeView;
    if (bucket !== bucketFor(own, nodeId)) return false;
    const place = 2 * bucket + Number(replacement);
    places[place] = (places[place] ?? 0) + 1;
    if ((places[place] ?? 0) > (replacement ? REPLACEMENTS : BUCKET_SIZE)) return false;
    words[i] = wordOf(endpoint.ip);
  }
  words.sort();
  return words[0] !== -1 && !words.some((word, i) => i >= SUBNET_IN_BUCKET && word === words[i - SUBNET_IN_BUCKET]);
}

/** The IPv4 /24 or IPv6 /48 of an address. */
function subnetOf(ip: string): string {
  return ip.includes(':') ? ip.split(':').slice(0, 3).join(':') : ip.slice(0, ip.lastIndexOf('.'));
}

function count(counts: Map<string, number>, key: string): number {
  const sum = (counts.get(key) ?? 0) + 1;
  counts.set(key, sum);
  return sum;
}

function brokenRule(node: SimNode, table: readonly TableNodeView[]): string | undefined {
  const own = head(node.identity.nodeId);
  if (isPlain(own, table)) return undefined;
  const counts = new Map<string, number>(); // BOUNDED: by the table
  for (const { nodeId, endpoint, bucket, replacement } of table) {
    const right = bucketFor(own, nodeId);
    if (bucket !== right) return `has ${nodeId.slice(0, 10)} in bucket ${bucket}, where ${right} is right`;
    const place = `${replacement ? 'replacements of bucket' : 'bucket'} ${bucket}`;
    const inPlace = count(counts, place);
    if (inPlace > (replacement ? REPLACEMENTS : BUCKET_SIZE)) return `has ${inPlace} nodes in ${place}`;
    const subnet = subnetOf(endpoint.ip);
    const inBucket = count(counts, `${bucket}/${subnet}`);
    if (inBucket > SUBNET_IN_BUCKET) return `has ${inBucket} nodes of ${subnet} in bucket ${bucket}`;
    const inTable = count(counts, subnet);
    if (inTable > SUBNET_IN_TABLE) return `has ${inTable} nodes of ${subnet} in its table`;
  }
  return undefined;
}

/** The tables of honest nodes are filled by Kademlia's rule and the limits for each subnet. */
export const tableRules: Invariant = {
  name: 'table-rules',
  summary:
    'each node of a discovery table is in its bucket, at most 16 there, 2 of a /24, and 10 of a /24 in the table',
  begin: () => ({
    check({ world }) {
      for (const node of honestNodes(world)) {
        const broken = brokenRule(node, node.rooms().swarm.discoveryTable());
        if (broken !== undefined) return `${node.name} ${broken}`;
      }
      return undefined;
    },
  }),
};
