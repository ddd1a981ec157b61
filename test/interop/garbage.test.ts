import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../support/eventually.js';
import { type LiveNode, startNode } from '../support/live-node.js';
import { killAll } from '../support/processes.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Far more than a node's caches and buffers take, far less than what the garbage sums up to if it were kept. */
const MAX_GROWTH_MIB = 96;
const CONNECTIONS = 2_000;
const IN_FLIGHT = 250;

let node: LiveNode;
let p2pPort: number;
let udpPort: number;
let restingMib: number;

/** The memory that the process holds, by /proc; NaN on systems without it, where its growth is not checked. */
function residentMib(): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))?.[1];
    return Number(kib) / 1024;
  } catch {
    return Number.NaN;
  }
}

async function expectUnharmed(): Promise<void> {
  expect(await node.call('net_version')).toBe('271828');
  await eventually('the strangers are gone', async () => (await node.call<string>('net_peerCount')) === '0x0');
  const grown = residentMib() - restingMib;
  if (!Number.isNaN(grown)) expect(grown).toBeLessThan(MAX_GROWTH_MIB);
  expect(node.log().filter((line) => line.level === 'error')).toEqual([]);
}

/** Connects, hands the socket to `abuse`, and resolves when the connection has gone, whoever ended it. */
function connection(abuse: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: p2pPort });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    socket.once('connect', () => abuse(socket));
    socket.resume();
  });
}

/** The first bytes of an EIP-8 handshake that claims `length` more. */
function authPrefix(length: number): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(length);
  return prefix;
}

beforeAll(async () => {
  node = await startNode();
  const match = /:(\d+)(?:\?discport=(\d+))?$/.exec(node.enode);
  p2pPort = Number(match?.[1]);
  udpPort = Number(match?.[2] ?? match?.[1]);
  await expectUnharmed().catch(() => undefined);
  restingMib = residentMib();
});
afterAll(killAll);

describe('garbage on the TCP port', () => {
  it.each<{ name: string; abuse: (socket: Socket) => void }>([
    { name: 'random bytes', abuse: (socket) => socket.write(randomBytes(1024)) },
    { name: 'a request for a web page', abuse: (socket) => socket.end('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n') },
    { name: 'a megabyte of zeros', abuse: (socket) => socket.end(Buffer.alloc(1024 * 1024)) },
    { name: 'a handshake that claims the most and sends nothing', abuse: (socket) => socket.end(authPrefix(0xffff)) },
    { name: 'a handshake cut off', abuse: (socket) => socket.end(Buffer.concat([authPrefix(300), randomBytes(120)])) },
    {
      name: 'a handshake of noise',
      abuse: (socket) => socket.write(Buffer.concat([authPrefix(400), randomBytes(400)])),
    },
    { name: 'an empty handshake', abuse: (socket) => socket.end(authPrefix(0)) },
    { name: 'nothing, and a reset', abuse: (socket) => socket.resetAndDestroy() },
  ])('$name', async ({ abuse }) => {
    await Promise.all(Array.from({ length: 20 }, () => connection(abuse)));
    await expectUnharmed();
  });

  it(`${CONNECTIONS} connections, half of which say nothing`, async () => {
    let opened = 0;
    const worker = async (): Promise<void> => {
      while (opened < CONNECTIONS) {
        const number = opened++;
        await connection((socket) => {
          if (number % 2 === 0) socket.write(randomBytes(512));
          // A silent one stays while the others of its batch come and go.
          socket.setTimeout(500, () => socket.destroy());
        });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    await expectUnharmed();
  });

  it('does not keep an honest node out', async () => {
    const friend = await startNode({ args: ['--nodiscover', '--staticpeers', node.enode] });
    await eventually('they are peers', async () => (await friend.call<string>('net_peerCount')) === '0x1');
    expect((await friend.stop()).code).toBe(0);
  });
});

describe('garbage on the UDP port', () => {
  it('10,000 datagrams of every size', async () => {
    const socket = createSocket('udp4');
    const send = (data: Uint8Array): Promise<void> =>
      new Promise((resolve) => socket.send(data, udpPort, '127.0.0.1', () => resolve()));
    for (let n = 0; n < 10_000; n++) await send(randomBytes(n % 1400));
    socket.close();
    await expectUnharmed();
  });
});

describe('afterwards', () => {
  it('the node stops as it should', async () => {
    expect(await node.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});
