import { createServer, type Server } from 'node:http';
import type { NodeMetrics } from './node-metrics.js';

/** Geth's path too, so that its scrape configurations work. */
const PATHS = new Set(['/metrics', '/debug/metrics/prometheus']);

/** Serves metrics on a port of their own; rejects with the system's error (`EADDRINUSE`, ...). */
export function serveMetrics(metrics: NodeMetrics, ip: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || !PATHS.has(request.url ?? '')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('metrics are at /metrics\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: ip, port }, () => {
      server.off('error', reject);
      // What fails later is one connection (no file descriptor left), not the server.
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}
