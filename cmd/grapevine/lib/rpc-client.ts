import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** Calls methods of a running node. */
export interface RpcClient {
  /** The node's result; throws a {@link CliError} if the node can't be reached or answers with an error. */
  call(method: string, params?: readonly unknown[]): Promise<unknown>;
}

interface RpcReply {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly hint?: string } };
}

/** How long a node may take to answer one call. */
const CALL_TIMEOUT_MS = 10_000;

function unreachable(target: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CliError(
    ExitCode.nodeUnreachable,
    `no node answers at ${target}: ${reason}`,
    'start it with "grapevine node", or name another one with --rpc URL or --datadir DIR',
  );
}

function unwrap(reply: RpcReply): unknown {
  if (reply.error !== undefined) {
    throw new CliError(ExitCode.rpcError, `${reply.error.message} (code ${reply.error.code})`, reply.error.data?.hint);
  }
  return reply.result ?? null;
}

function request(method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

async function callHttp(url: string, body: string): Promise<RpcReply> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
  } catch (cause) {
    throw unreachable(url, cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause);
  }
  const text = await response.text();
  if (!response.ok)
    throw new CliError(ExitCode.rpcError, `${url} answered with HTTP ${response.status}: ${text.trim()}`);
  try {
    return JSON.parse(text) as RpcReply;
  } catch {
    throw new CliError(
      ExitCode.rpcError,
      `${url} is no JSON-RPC server: it answered ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}

function callIpc(path: string, body: string): Promise<RpcReply> {
  return new Promise((resolve, reject) => {
    if (!existsSync(path)) {
      reject(unreachable(path, new Error('no such socket')));
      return;
    }
    const socket = connect(path);
    let text = '';
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(unreachable(path, cause));
    };
    socket.setTimeout(CALL_TIMEOUT_MS, () => fail(new Error('no answer in 10 s')));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the connection was closed')));
    socket.on('connect', () => socket.write(`${body}\n`));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += String(chunk);
      let reply: RpcReply;
      try {
        reply = JSON.parse(text) as RpcReply;
      } catch {
        return;
      }
      resolve(reply);
      socket.destroy();
    });
  });
}

/** A client of the node at `target`: an http(s) URL, or the path of an IPC socket. */
export function createRpcClient(target: string): RpcClient {
  const send = /^https?:/.test(target) ? callHttp : callIpc;
  return {
    call: async (method, params = []) => unwrap(await send(target, request(method, params))),
  };
}
