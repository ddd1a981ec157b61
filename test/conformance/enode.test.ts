import { expect, it } from 'vitest';
import { secp256k1Scheme } from '../../src/crypto/identity.js';
import { formatEnode, parseEnode } from '../../src/types/enode.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface UrlCase {
  readonly url: string;
  readonly valid: boolean;
  readonly publicKey: string;
  readonly nodeId: string;
  /** Null where the URL has no address. */
  readonly ip?: string | null;
  readonly tcp: number;
  readonly udp: number;
  readonly reason?: string;
}

const FILE = 'enr/enode_urls.json';

describeVectors(FILE, () => {
  it('parses and formats the valid URLs and refuses the others', () => {
    const { urls } = readVector<{ readonly urls: readonly UrlCase[] }>(FILE);
    expect(urls).toHaveLength(expectedCases(FILE));
    for (const test of urls) {
      const parsed = parseEnode(test.url);
      expect(parsed.ok, test.reason ?? test.url).toBe(test.valid);
      passed('enode-urls', test.url);
      if (!parsed.ok) continue;
      const { publicKey, endpoint } = parsed.value;
      expect(publicKey).toBe(test.publicKey);
      expect(secp256k1Scheme.nodeIdOf(publicKey)).toBe(test.nodeId);
      expect(endpoint).toEqual(
        typeof test.ip !== 'string' ? undefined : { ip: test.ip, tcpPort: test.tcp, udpPort: test.udp },
      );
      expect(formatEnode(parsed.value)).toBe(test.url);
    }
  });
});
