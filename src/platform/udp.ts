import { createSocket, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import type { NetInput } from '../net/io.js';
import type { SocketAddress } from '../types/endpoint.js';

/** The real UDP side of the node's contract. */
export interface UdpHost {
  /** Binds `address`; rejects with the system's error (`EADDRINUSE`, ...). Returns the port in use. */
  bind(address: SocketAddress): Promise<number>;
  /** Sends one datagram; a failure is as good as a lost packet. */
  send(to: SocketAddress, data: Uint8Array): void;
  close(): Promise<void>;
}

/** Creates the host; every datagram goes to `deliver`, which runs a step of the node. */
export function createUdpHost(deliver: (input: NetInput) => void): UdpHost {
  let socket: Socket | undefined;
  let isDual = false;
  return {
    bind: ({ ip, port }) =>
      new Promise((resolve, reject) => {
        const binding = createSocket({ type: isIPv6(ip) ? 'udp6' : 'udp4', reuseAddr: false });
        binding.once('error', reject);
        binding.bind({ address: ip, port, exclusive: true }, () => {
          binding.off('error', reject);
          binding.on('error', () => undefined);
          binding.on('message', (data, from) =>
            deliver({ kind: 'datagram', from: { ip: from.address, port: from.port }, data }),
          );
          socket = binding;
          isDual = isIPv6(ip);
          resolve(binding.address().port);
        });
      }),
    send(to, data) {
      // Node throws at the port 0, and a socket of both families knows IPv4 addresses by their mapped form only.
      if (to.port > 0)
        socket?.send(data, to.port, isDual && isIPv4(to.ip) ? `::ffff:${to.ip}` : to.ip, () => undefined);
    },
    close: () =>
      new Promise((resolve) => {
        if (socket === undefined) resolve();
        else socket.close(() => resolve());
        socket = undefined;
      }),
  };
}
