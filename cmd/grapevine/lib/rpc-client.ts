import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** Calls methods of a running node. */
export interface RpcClient {
  /** The node's result; throws a {@link CliError} if the node can't be reached or answers with an error. */
  call(method: string, params?: readonly unknown[]): Promise<unknown>;
  /** The results of several calls in one request, in their order; throws like `call`, for the first that failed. */
  callAll(calls: readonly RpcCall[]): Promise<unknown[]>;
}

/** A method and its parameters. */
export type RpcCall = readonly [method: string, ...params: unknown[]];

interface RpcReply {
  readonly id?: number;
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

function request([method, ...params]: RpcCall, id: number): object {
  return { jsonrpc: '2.0', id, method, params };
}

/** Both transports hand back the parsed answer: a reply, or the list of replies to a batch. */
type Send = (body: string) => Promise<unknown>;

async function callHttp(url: string, body: string, token: string | undefined): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
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
    return JSON.parse(text);
  } catch {
    throw new CliError(
      ExitCode.rpcError,
      `${url} is no JSON-RPC server: it answered ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}

function callIpc(path: string, body: string): Promise<unknown> {
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
      let reply: unknown;
      try {
        reply = JSON.parse(text);
      } catch {
        return;
      }
      resolve(reply);
      socket.destroy();
    });
  });
}

function replies(answer: unknown): RpcReply[] {
  return (Array.isArray(answer) ? answer : [answer]) as RpcReply[];
}

/** A client of the node at `target`: an http(s) URL, which may ask for a token, or the path of an IPC socket. */
export function createRpcClient(target: string, token?: string): RpcClient {
  const isUrl = /^https?:/.test(target);
  const send: Send = (body) => (isUrl ? callHttp(target, body, token) : callIpc(target, body));
  return {
    async call(method, params = []) {
      const [reply = {}] = replies(await send(JSON.stringify(request([method, ...params], 1))));
      return unwrap(reply);
    },
    async callAll(calls) {
      const answer = replies(await send(JSON.stringify(calls.map(request))));
      // A batch that was refused as a whole is answered with one error that has no id.
      const refused = answer.find((reply) => typeof reply.id !== 'number');
      if (refused !== undefined) unwrap(refused);
      const byId = new Map(answer.map((reply) => [reply.id, reply]));
      return calls.map(([method], id) => {
        const reply = byId.get(id);
        if (reply === undefined) throw new CliError(ExitCode.rpcError, `${target} did not answer ${method}`);
        return unwrap(reply);
      });
    },
  };
}
