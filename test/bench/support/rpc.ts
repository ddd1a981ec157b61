import { request } from 'node:http';
import { createServer } from 'node:net';

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Posts one JSON-RPC call and resolves with its result; rejects if there is none. */
export function callRpc(port: number, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return new Promise((resolve, reject) => {
    const posted = request(
      { host: '127.0.0.1', port, method: 'POST', headers: { 'content-type': 'application/json' }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer: { result?: unknown } = JSON.parse(Buffer.concat(chunks).toString());
          if (answer.result === undefined) reject(new Error(`${method}: ${JSON.stringify(answer).slice(0, 300)}`));
          else resolve(answer.result);
        });
      },
    );
    posted.once('error', reject);
    posted.end(body);
  });
}
