import { describe, expect, it } from 'vitest';
import { decodeEnr } from '../../../src/types/enr.js';
import { fakeScheme } from '../../support/fake-identity.js';
import { enodeOf, TestNet, type TestNode } from './swarm-net.js';

describe('a node that was not told its address', () => {
  const MINUTE_MS = 60_000;
  const publicAt = (index: number) => ({ ip: `20.${index}.0.1`, port: 30_303 });
  const saysDialable = ({ swarm }: TestNode): boolean =>
    decodeEnr(Buffer.from(swarm.nodeInfo().enr.slice('enr:'.length), 'base64url'), fakeScheme).pairs.has('tcp');

  /** It asks a bootnode that is gone, and so begins to wonder. */
  function subjectIn(net: TestNet): TestNode {
    const boot = net.add({ listen: publicAt(1) });
    net.crash(boot);
    return net.add({ key: 2, listen: publicAt(2), externalIp: '0.0.0.0', bootnodes: [enodeOf(boot)] });
  }

  it('takes no stream for a sign that it can be dialed whose other end proves nothing', () => {
    const net = new TestNet('silent');
    const subject = subjectIn(net);
    net.run(MINUTE_MS);
    net.connectFrom(subject, publicAt(3));
    net.run(10 * MINUTE_MS);
    expect(saysDialable(subject)).toBe(false);
  });

  it('takes a session that somebody opened for a sign, as long as it is up', () => {
    const net = new TestNet('lasting');
    const subject = subjectIn(net);
    const dialer = net.add({ key: 3, listen: publicAt(3), noDiscovery: true, staticPeers: [enodeOf(subject)] });
    const afterSixHours = () => {
      const atMs = net.nowMs + 361 * MINUTE_MS;
      for (const minutes of [0, 11]) subject.swarm.tickDiscovery(atMs + minutes * MINUTE_MS);
      net.nowMs = atMs + 11 * MINUTE_MS;
      return saysDialable(subject);
    };
    net.run(11 * MINUTE_MS);
    expect([saysDialable(subject), afterSixHours()]).toEqual([true, true]);
    net.crash(dialer);
    expect(afterSixHours()).toBe(false);
  });
});
