import type { TableNodeView } from '../../net/discovery/discovery.js';
import type { SimNode } from '../machines/sim-node.js';
import { honestNodes, type Invariant } from './invariant.js';

// Written down here once more: a rule that changed is to be noticed.
const BUCKET_SIZE = 16;
const REPLACEMENTS = 10;
const SUBNET_IN_BUCKET = 2;
const SUBNET_IN_TABLE = 10;

/** The first 16 bits of an id: all that its bucket depends on. */
const head = (id: string): number => Number.parseInt(id.slice(2, 6), 16);

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
  const counts = new Map<string, number>(); // BOUNDED: by the table
  for (const { nodeId, endpoint, bucket, replacement } of table) {
    const right = 32 - Math.clz32(own ^ head(nodeId));
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
