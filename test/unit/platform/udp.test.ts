import { afterEach, describe, expect, it } from 'vitest';
import type { NetInput } from '../../../src/net/io.js';
import { createUdpHost, type UdpHost } from '../../../src/platform/udp.js';
import { eventually } from '../../support/eventually.js';

const hosts: UdpHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

const LOCALHOST = '127.0.0.1';

function udpHost(): { host: UdpHost; inputs: NetInput[] } {
  const inputs: NetInput[] = [];
  const host = createUdpHost((input) => inputs.push(input));
  hosts.push(host);
  return { host, inputs };
}

describe('the UDP host', () => {
  it('carries a datagram and names its sender', async () => {
    const [a, b] = [udpHost(), udpHost()];
    const from = await a.host.bind({ ip: LOCALHOST, port: 0 });
    const to = await b.host.bind({ ip: LOCALHOST, port: 0 });
    await eventually('one of them arrives', () => {
      a.host.send({ ip: LOCALHOST, port: to }, Buffer.from('hello'));
      return b.inputs.length > 0;
    });
    expect(b.inputs[0]).toEqual({ kind: 'datagram', from: { ip: LOCALHOST, port: from }, data: Buffer.from('hello') });
  });

  it('reaches IPv4 addresses when it is bound to all of both families', async () => {
    const [a, b] = [udpHost(), udpHost()];
    await a.host.bind({ ip: '::', port: 0 });
    const to = await b.host.bind({ ip: LOCALHOST, port: 0 });
    await eventually('it arrives', () => {
      a.host.send({ ip: LOCALHOST, port: to }, Buffer.from('hello'));
      return b.inputs.length > 0;
    });
  });

  it('rejects a port that is taken', async () => {
    const port = await udpHost().host.bind({ ip: LOCALHOST, port: 0 });
    await expect(udpHost().host.bind({ ip: LOCALHOST, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('takes a datagram that can not be sent for a lost one', async () => {
    const { host } = udpHost();
    host.send({ ip: LOCALHOST, port: 9 }, Buffer.from('before bind'));
    await host.bind({ ip: LOCALHOST, port: 0 });
    expect(() => host.send({ ip: LOCALHOST, port: 9 }, new Uint8Array(70_000))).not.toThrow();
    expect(() => host.send({ ip: LOCALHOST, port: 0 }, Buffer.from('nowhere'))).not.toThrow();
    await host.close();
    host.send({ ip: LOCALHOST, port: 9 }, Buffer.from('after close'));
  });
});
