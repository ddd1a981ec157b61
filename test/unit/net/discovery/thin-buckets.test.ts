import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { createAddressRules } from '../../../../src/net/discovery/address-rules.js';
import type { Client } from '../../../../src/net/discovery/client.js';
import type { NodeRecord } from '../../../../src/net/discovery/discovery.js';
import { TrafficLimits } from '../../../../src/net/discovery/limits.js';
import { NodeTable } from '../../../../src/net/discovery/table.js';
import { THIN_BUCKET, ThinBuckets } from '../../../../src/net/discovery/thin-buckets.js';
import { fakeScheme } from '../../../support/fake-identity.js';
import { idAtDistance, nodeRecord } from '../../../support/node-records.js';
import { seededRandom } from '../../../support/seeded-random.js';

const NOW = 1_700_000_000_000;
const self = nodeRecord('self').nodeId;
const rules = createAddressRules({ loopbackRoutable: false, groupLimits: true });

beforeAll(initKeccak);

const at = (distance: number, salt: number, ip = `5.${distance - 200}.${salt}.1`): NodeRecord => ({
  ...nodeRecord(`${distance}/${salt}`, ip),
  nodeId: idAtDistance(self, distance, salt),
});

const several = (distance: number, count: number): NodeRecord[] =>
  Array.from({ length: count }, (_, salt) => at(distance, salt));

/** Thin buckets around a table, and what they ask of the client; nothing is answered until a test does. */
function fixture(known: readonly NodeRecord[]) {
  const table = new NodeTable(self, rules, seededRandom('table'));
  for (const node of known) table.add(NOW, node);
  const pings: { readonly node: NodeRecord; readonly end: () => void }[] = [];
  const queries: { readonly node: NodeRecord; readonly bucket: number }[] = [];
  const client: Pick<Client, 'ping' | 'isPinging' | 'findNode'> = {
    ping: (nowMs, node, _sought, onDone) => pings.push({ node, end: () => onDone(nowMs, undefined) }),
    isPinging: (nodeId) => pings.some(({ node }) => node.nodeId === nodeId),
    findNode: (_nowMs, node, target) => queries.push({ node, bucket: table.bucketOf(fakeScheme.nodeIdOf(target)) }),
  };
  const buckets = new ThinBuckets({
    ...{ table, client, scheme: fakeScheme, random: seededRandom('thin'), limits: new TrafficLimits(rules) },
    heardOf: () => [],
  });
  return { buckets, table, pings, queries };
}

describe('thin buckets', () => {
  it('ping as many of those heard of as they have room for, and not more while these may still answer', () => {
    const { buckets, pings } = fixture([at(255, 100)]);
    buckets.offer(NOW, several(255, 16));
    expect(pings).toHaveLength(THIN_BUCKET - 1);
    buckets.offer(NOW, several(255, 16));
    expect(pings).toHaveLength(THIN_BUCKET - 1);
    pings[0]?.end();
    buckets.offer(NOW, several(255, 16));
    expect(pings).toHaveLength(THIN_BUCKET);
  });

  it('leave those alone that are in the table, and all of a bucket that is not thin', () => {
    const { buckets, pings } = fixture([...several(255, THIN_BUCKET), ...several(254, 2)]);
    buckets.offer(NOW, [...several(255, 16), ...several(254, 2)]);
    expect(pings).toEqual([]);
  });

  it('ping no address of which others told twice within a minute', () => {
    const { buckets, pings } = fixture([]);
    buckets.offer(NOW, [at(255, 1, '40.0.0.1'), at(255, 2, '40.0.0.1'), at(254, 3, '40.0.0.1')]);
    expect(pings).toHaveLength(1);
  });

  const fillings: [name: string, known: NodeRecord[], asked: number[]][] = [
    ['none of a table with fewer than 16 neighbours', several(250, 15), []],
    ['each empty one beyond 16 neighbours', several(250, 16), [11, 12, 13, 14, 15, 16]],
    ['a thin one as well', [...several(250, 16), ...several(252, 3), ...several(251, 4)], [12, 13, 14, 15, 16]],
    ['none nearer than the neighbours', [...several(255, 16), ...several(256, 16)], []],
  ];
  it.each(fillings)('are asked for: %s', (_, known, asked) => {
    const { buckets, queries } = fixture(known);
    buckets.fill(NOW);
    expect(queries.map(({ bucket }) => bucket).sort((a, b) => a - b)).toEqual(asked);
    expect(new Set(queries.map(({ node }) => node.nodeId)).size).toBe(asked.length);
  });

  it('are asked for from the node of the table that is closest to them', () => {
    const { buckets, queries, table } = fixture([...several(250, 16), ...several(256, 4), ...several(255, 4)]);
    buckets.fill(NOW);
    expect(queries.length).toBeGreaterThan(0);
    for (const { node } of queries) expect(table.bucketOf(node.nodeId)).toBeLessThanOrEqual(10);
  });
});
