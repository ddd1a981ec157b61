import { describe, expect, it } from 'vitest';
import { Bootstrap } from '../../../../src/net/discovery/bootstrap.js';
import { NodeRecords } from '../../../../src/net/discovery/node-records.js';
import { fakeScheme } from '../../../support/fake-identity.js';
import { nodeRecord } from '../../../support/node-records.js';
import { seededRandom } from '../../../support/seeded-random.js';

describe('bootstrap', () => {
  it('tries every bootnode and 30 of the nodes from before', () => {
    const seeds = Array.from({ length: 500 }, (_, i) => nodeRecord(i));
    const bootnodes = [nodeRecord('a'), nodeRecord('b'), { ...nodeRecord('c'), endpoint: undefined }];
    const bootstrap = new Bootstrap(new NodeRecords(fakeScheme), seededRandom(1), bootnodes, seeds);
    const keys = bootstrap.candidates().map(({ publicKey }) => publicKey);
    expect(keys).toHaveLength(32);
    expect(new Set(keys).size).toBe(32);
    expect(keys.slice(0, 2)).toEqual([nodeRecord('a').publicKey, nodeRecord('b').publicKey]);
  });
});
