import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RpcServer, type RpcServerConfig, startRpcServer } from '../../src/platform/http/http-rpc.js';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../../src/platform/http/limits.js';
import { SILENT_LOG } from '../../src/ports/log.js';
import { DEFAULT_HTTP_NAMESPACES } from '../../src/rpc/service.js';
import { checkAnswer } from './rpc-schema.js';
import { createRpcWorld, NOW_MS, type RpcWorld } from './rpc-world.js';

/** What one HTTP exchange came to. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** An open server over the world in memory; closed when the test ends. */
export interface TestServer {
  readonly world: RpcWorld;
  readonly server: RpcServer;
  readonly port: number;
  readonly ipcPath: string;
  /** A request to the server; POSTs `body` as JSON unless told otherwise. */
  http(options: {
    readonly body?: string;
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }): Promise<HttpAnswer>;
}

/** What a test may change of the server. */
export interface TestServerOptions {
  /** {@link NOW_MS} for ever unless told otherwise. */
  readonly nowMs?: () => number;
  readonly http?: Partial<NonNullable<RpcServerConfig['http']>>;
  readonly limits?: Partial<TransportLimits>;
  readonly metrics?: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

/** Opens HTTP, WebSocket and IPC on free places. */
export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const world = createRpcWorld();
  const directory = mkdtempSync(join(tmpdir(), 'gv-rpc-'));
  const ipcPath = join(directory, 'grapevine.ipc');
  const server = await startRpcServer(
    {
      service: world.service,
      nowMs: options.nowMs ?? (() => NOW_MS),
      log: SILENT_LOG,
      pages: {
        clientVersion: world.backend.node.clientVersion,
        readiness: (nowMs) => ({ ...world.backend.node.readiness(nowMs), head: 4 }),
        metrics: options.metrics,
      },
    },
    {
      http: {
        host: '127.0.0.1',
        port: 0,
        webSockets: true,
        vhosts: ['localhost'],
        corsDomains: [],
        namespaces: DEFAULT_HTTP_NAMESPACES,
        ...options.http,
      },
      ipcPath,
      limits: { ...DEFAULT_TRANSPORT_LIMITS, ...options.limits },
    },
  );
  onTestFinished(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const port = server.port ?? 0;

  return {
    world,
    server,
    port,
    ipcPath,
    http: ({ body, method = 'POST', path = '/', headers = { 'content-type': 'application/json' } }) =>
      new Promise((resolve, reject) => {
        const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            try {
              if (method === 'POST' && response.statusCode === 200) checkAnswer(body ?? '', JSON.parse(text));
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
            } catch (problem) {
              reject(problem);
            }
          });
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
  };
}

/** The text of a call. */
export const rpcText = (method: string, params: readonly unknown[] = [], id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
