import type { SocketAddress } from '../types/endpoint.js';
import { listenError } from './http/listen-error.js';
import type { NodeMetrics } from './metrics/node-metrics.js';
import { serveMetrics } from './metrics/server.js';
import type { TcpHost } from './tcp.js';
import type { UdpHost } from './udp.js';

/** Binds the discovery socket and returns its port; rejects with ListenError. */
export async function bindUdp(udp: UdpHost, address: SocketAddress): Promise<number> {
  try {
    return await udp.bind(address);
  } catch (cause) {
    throw listenError(cause as NodeJS.ErrnoException, `UDP port ${address.port} of ${address.ip}`, '--discovery.port');
  }
}

/** Starts to accept peers and returns the port; rejects with ListenError. */
export async function listenTcp(tcp: TcpHost, address: SocketAddress): Promise<number> {
  try {
    return await tcp.listen(address);
  } catch (cause) {
    throw listenError(cause as NodeJS.ErrnoException, `TCP port ${address.port} of ${address.ip}`, '--port');
  }
}

/** Serves metrics and returns how to end that; rejects with ListenError. */
export async function openMetrics(metrics: NodeMetrics, { ip, port }: SocketAddress): Promise<() => Promise<void>> {
  try {
    const server = await serveMetrics(metrics, ip, port);
    return () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
  } catch (cause) {
    throw listenError(cause as NodeJS.ErrnoException, `TCP port ${port} of ${ip}`, '--metrics.port');
  }
}
