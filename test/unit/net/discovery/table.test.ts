import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressRules } from '../../../../src/net/discovery/address-rules.js';
import type { NodeRecord } from '../../../../src/net/discovery/discovery.js';
import {
  BUCKET_SIZE,
  MAX_FAILED_QUERIES,
  MAX_REPLACEMENTS,
  MAX_SUBNET_IN_BUCKET,
  MAX_SUBNET_IN_TABLE,
  NodeTable,
  type TableEntry,
} from '../../../../src/net/discovery/table.js';
import { idAtDistance, nodeRecord } from '../../../support/node-records.js';
import { seededRandom } from '../../../support/seeded-random.js';

const self = nodeRecord('self').nodeId;
const rules = createAddressRules({ loopbackRoutable: false, groupLimits: true });
const newTable = (): NodeTable => new NodeTable(self, rules, seededRandom('table'));

/** A node in the bucket of a log distance, at an address. */
const at = (distance: number, salt: number, ip: string): NodeRecord => ({
  ...nodeRecord(`${distance}/${salt}`, ip),
  nodeId: idAtDistance(self, distance, salt),
});

const everyone = (table: NodeTable): TableEntry[] => [...table.entries(), ...table.replacements()];

describe('table', () => {
  it('takes 16 nodes in a bucket, and 10 that wait, the oldest of which makes room', () => {
    const table = newTable();
    const outcomes = Array.from({ length: 27 }, (_, i) => table.add(i, at(256, i, `5.${i}.0.1`)));
    expect(outcomes.slice(0, 16).every(({ kind }) => kind === 'added')).toBe(true);
    expect(outcomes.slice(16, 26)).toEqual(
      Array.from({ length: 10 }, () => ({ kind: 'waiting', displaced: undefined })),
    );
    expect(outcomes[26]).toEqual({ kind: 'waiting', displaced: at(256, 16, '').nodeId });
    expect([table.size, [...table.replacements()].length]).toEqual([16, 10]);
  });

  const refusals: [name: string, nodes: NodeRecord[], last: NodeRecord, reason: string | undefined][] = [
    ['itself', [], { ...nodeRecord(1), nodeId: self }, 'self'],
    [
      'a third node of a /24 in a bucket',
      [at(256, 1, '5.5.5.1'), at(256, 2, '5.5.5.2')],
      at(256, 3, '5.5.5.3'),
      'bucket-subnet',
    ],
    ['a third of another /24', [at(256, 1, '5.5.5.1'), at(256, 2, '5.5.5.2')], at(256, 3, '5.5.6.3'), undefined],
    [
      'an eleventh node of a /24 in the table',
      Array.from({ length: 10 }, (_, i) => at(250 + (i >> 1), i, `5.5.5.${i}`)),
      at(256, 11, '5.5.5.99'),
      'table-subnet',
    ],
    [
      'an eleventh node of an IPv6 /32',
      Array.from({ length: 10 }, (_, i) => at(250 + (i >> 1), i, `2600:1:${i}::1`)),
      at(256, 11, '2600:1:99::1'),
      'table-subnet',
    ],
    [
      'a third of an IPv6 /48',
      [at(256, 1, '2600:1:2::1'), at(256, 2, '2600:1:2:3::2')],
      at(256, 3, '2600:1:2:4::3'),
      'bucket-subnet',
    ],
    [
      'many behind one LAN address',
      Array.from({ length: 12 }, (_, i) => at(256, i, '10.0.0.1')),
      at(256, 13, '10.0.0.1'),
      undefined,
    ],
  ];
  it.each(refusals)('decides on %s', (_, nodes, last, reason) => {
    const table = newTable();
    for (const node of nodes) expect(table.add(0, node).kind).toBe('added');
    const outcome = table.add(0, last);
    expect(outcome.kind === 'refused' ? outcome.reason : undefined).toBe(reason);
  });

  it('lets a node move, but not into a subnet that is full', () => {
    const table = newTable();
    for (const [i, ip] of ['5.5.5.1', '5.5.5.2', '6.6.6.6'].entries()) table.add(0, at(256, i, ip));
    expect(table.add(1, at(256, 2, '7.7.7.7'))).toEqual({ kind: 'updated' });
    expect(table.add(2, at(256, 2, '5.5.5.3'))).toEqual({ kind: 'refused', reason: 'bucket-subnet' });
    expect(table.get(at(256, 2, '').nodeId)?.record.endpoint.ip).toBe('7.7.7.7');
  });

  it('fills a gap with one of those that wait', () => {
    const table = newTable();
    for (let i = 0; i < 20; i++) table.add(0, at(256, i, `5.${i}.0.1`));
    const waiting = [...table.replacements()].map(({ record }) => record.nodeId);
    const promoted = table.remove(at(256, 3, '').nodeId);
    expect(waiting).toContain(promoted?.nodeId);
    expect([table.size, [...table.replacements()].length]).toEqual([16, 3]);
  });

  it('removes a node that fails more than it has passed', () => {
    const table = newTable();
    const node = at(256, 1, '5.5.5.5');
    table.add(0, node);
    for (let i = 0; i < 8; i++) table.markAlive(i, node.nodeId);
    expect(table.markDead(node.nodeId).removed).toBe(false);
    expect(table.markDead(node.nodeId).removed).toBe(false);
    expect(table.markDead(node.nodeId).removed).toBe(true);
    expect(table.size).toBe(0);
  });

  it('calls a node useless after 5 failed queries, if the bucket has others', () => {
    for (const [neighbours, verdict] of [
      [8, 'useless'],
      [2, 'ok'],
    ] as const) {
      const table = newTable();
      for (let i = 0; i < neighbours; i++) table.add(0, at(256, i, `5.${i}.0.1`));
      const { nodeId } = at(256, 0, '');
      const verdicts = Array.from({ length: MAX_FAILED_QUERIES }, () => table.countQuery(nodeId, false));
      expect(verdicts).toEqual(['ok', 'ok', 'ok', 'ok', verdict]);
      expect(table.countQuery(nodeId, true)).toBe('ok');
    }
  });

  const action = fc.record({
    kind: fc.constantFrom('add', 'add', 'add', 'remove', 'dead', 'alive'),
    distance: fc.integer({ min: 237, max: 256 }),
    salt: fc.integer({ min: 0, max: 40 }),
    subnet: fc.integer({ min: 0, max: 12 }),
    host: fc.integer({ min: 1, max: 5 }),
    v6: fc.boolean(),
  });

  it('never exceeds a limit, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const table = newTable();
        for (const [now, { kind, distance, salt, subnet, host, v6 }] of actions.entries()) {
          const node = at(distance, salt, v6 ? `2600:${subnet % 3}:${subnet}::${host}` : `5.5.${subnet}.${host}`);
          if (kind === 'add') table.add(now, node);
          else if (kind === 'remove') table.remove(node.nodeId);
          else if (kind === 'dead') table.markDead(node.nodeId);
          else table.markAlive(now, node.nodeId);
        }
        const count = (keys: readonly string[]): number => {
          const counts = new Map<string, number>();
          for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
          return Math.max(0, ...counts.values());
        };
        const all = everyone(table).map(({ record }) => record);
        const near = ({ endpoint: { ip } }: NodeRecord): string => rules.subnets(ip)?.near ?? '';
        const bucket = ({ nodeId }: NodeRecord): string => String(table.bucketOf(nodeId));
        expect(count([...table.entries()].map(({ record }) => bucket(record)))).toBeLessThanOrEqual(BUCKET_SIZE);
        expect(count([...table.replacements()].map(({ record }) => bucket(record)))).toBeLessThanOrEqual(
          MAX_REPLACEMENTS,
        );
        expect(count(all.map((node) => `${bucket(node)} ${near(node)}`))).toBeLessThanOrEqual(MAX_SUBNET_IN_BUCKET);
        expect(count(all.map(near))).toBeLessThanOrEqual(MAX_SUBNET_IN_TABLE);
        expect(count(all.map(({ nodeId }) => nodeId))).toBeLessThanOrEqual(1);
        const wide = all.flatMap(({ endpoint: { ip } }) => rules.subnets(ip)?.wide ?? []);
        expect(count(wide)).toBeLessThanOrEqual(MAX_SUBNET_IN_TABLE);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('finds the closest nodes, as a search through all of them does', () => {
    const table = newTable();
    for (let i = 0; i < 400; i++) table.add(0, { ...nodeRecord(i, `${20 + (i % 50)}.${i % 199}.1.1`) });
    const all = [...table.entries()].map(({ record }) => record.nodeId);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const target = nodeRecord(`target ${seed}`).nodeId;
        const distance = (id: string): bigint => BigInt(id) ^ BigInt(target);
        const expected = [...all].sort((a, b) => (distance(a) < distance(b) ? -1 : 1)).slice(0, 16);
        expect(table.closest(target, 16).map(({ nodeId }) => nodeId)).toEqual(expected);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});
