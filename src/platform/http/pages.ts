import type { ServerResponse } from 'node:http';
import type { RpcReadiness } from '../../rpc/backend.js';

/** What the server's pages tell. */
export interface PageSources {
  readonly clientVersion: string;
  readonly readiness: (nowMs: number) => RpcReadiness & { readonly [key: string]: unknown };
  /** The text of `/metrics` and its content type; undefined if they are off or served elsewhere. */
  readonly metrics: (() => Promise<{ readonly text: string; readonly contentType: string }>) | undefined;
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

/** A short answer in plain text. */
export const sendText = (response: ServerResponse, status: number, text: string): void =>
  send(response, status, 'text/plain; charset=utf-8', text);

function home(clientVersion: string, hasMetrics: boolean): string {
  const name = clientVersion.replace(/[^\w./+-]/g, '');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title>
<h1>${name}</h1><p>JSON-RPC: POST to this address, or open a WebSocket to it.</p>
<ul><li><a href="/livez">/livez</a><li><a href="/readyz">/readyz</a>${hasMetrics ? '<li><a href="/metrics">/metrics</a>' : ''}</ul></html>
`;
}

/** Answers a GET: `/`, `/livez`, `/readyz` (200 or 503 with JSON that says why), `/metrics`; 404 for the rest. */
export function servePage(path: string, response: ServerResponse, sources: PageSources, nowMs: number): void {
  switch (path.split('?', 1)[0]) {
    case '/':
      send(response, 200, 'text/html; charset=utf-8', home(sources.clientVersion, sources.metrics !== undefined));
      return;
    case '/livez':
      sendText(response, 200, 'ok\n');
      return;
    case '/readyz': {
      const state = sources.readiness(nowMs);
      send(response, state.ready ? 200 : 503, 'application/json', `${JSON.stringify(state)}\n`);
      return;
    }
    case '/metrics':
      if (sources.metrics === undefined) sendText(response, 404, 'no metrics here: see --metrics and --metrics.port\n');
      else
        sources.metrics().then(
          ({ text, contentType }) => send(response, 200, contentType, text),
          () => sendText(response, 500, 'metrics could not be collected\n'),
        );
      return;
    default:
      sendText(response, 404, 'no such page; JSON-RPC calls are POSTed to /\n');
  }
}
