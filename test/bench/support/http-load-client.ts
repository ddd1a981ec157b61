import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { LoadOrder, LoadResult } from './http-load.js';

// The entry of the load client: no HTTP library, so that the server and not the client is what is measured.
const order: LoadOrder = JSON.parse(process.argv[2] ?? '');
const requests = readFileSync(order.bodies, 'utf8').split('\n').map(requestOf);
const RESULT = Buffer.from('"result":');
const ERROR = Buffer.from('"error":');
const HEAD_END = Buffer.from('\r\n\r\n');

const latencies: number[] = [];
let sent = 0;
let results = 0;
let firstError: string | undefined;

function requestOf(body: string): Buffer {
  return Buffer.from(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function next(): Buffer | undefined {
  return requests[sent++];
}

function note(body: Buffer): void {
  for (let at = body.indexOf(RESULT); at >= 0; at = body.indexOf(RESULT, at + RESULT.length)) results++;
  if (firstError === undefined && body.includes(ERROR)) firstError = body.toString('utf8', 0, 300);
}

/** The length of the first answer in `data`, head included; undefined until its head is there. */
function answerLength(data: Buffer): { readonly head: number; readonly total: number } | undefined {
  const end = data.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const length = /content-length: *(\d+)/i.exec(data.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('an answer without a length');
  return { head: end + 4, total: end + 4 + Number(length) };
}

function serve(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: order.port, noDelay: true });
    let chunks: Buffer[] = [];
    let have = 0;
    let answer: { readonly head: number; readonly total: number } | undefined;
    let sentAtMs = 0;
    const send = (): void => {
      const request = next();
      if (request === undefined) {
        socket.destroy();
        resolve();
        return;
      }
      sentAtMs = performance.now();
      socket.write(request);
    };
    socket.once('connect', send);
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('the server closed a connection')));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      have += chunk.length;
      if (answer === undefined) {
        if (chunks.length > 1) chunks = [Buffer.concat(chunks)];
        answer = answerLength(chunks[0] ?? chunk);
      }
      if (answer === undefined || have < answer.total) return;
      note((chunks.length === 1 ? chunk : Buffer.concat(chunks)).subarray(answer.head));
      latencies.push(performance.now() - sentAtMs);
      chunks = [];
      have = 0;
      answer = undefined;
      send();
    });
  });
}

const startedAtMs = performance.now();
await Promise.all(Array.from({ length: order.connections }, serve));
const seconds = (performance.now() - startedAtMs) / 1000;
latencies.sort((a, b) => a - b);
const percentile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
const result: Omit<LoadResult, 'serverCpuSeconds'> = {
  requests: latencies.length,
  results,
  firstError,
  seconds,
  p50Ms: percentile(0.5),
  p99Ms: percentile(0.99),
};
process.stdout.write(JSON.stringify(result));
