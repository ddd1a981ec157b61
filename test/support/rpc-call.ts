import { checkAnswer } from './rpc-schema.js';

/** A JSON-RPC error as the node sent it. */
export class RpcCallError extends Error {
  override readonly name = 'RpcCallError';
  readonly code: number;
  readonly data: unknown;

  constructor(error: { readonly code: number; readonly message: string; readonly data?: unknown }) {
    super(error.message);
    this.code = error.code;
    this.data = error.data;
  }
}

/** POSTs `body` byte for byte. The status is 200, or 204 without an answer; every answer is checked against its schema. */
export async function postRpc(url: string, body: string): Promise<{ readonly text: string; readonly answer: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status === 204) return { text, answer: undefined };
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${text}`);
  const answer: unknown = JSON.parse(text);
  checkAnswer(body, answer);
  return { text, answer };
}

/** Calls one method over HTTP, as a client of our own that hides nothing; throws {@link RpcCallError} on an error. */
export async function rpcCall<T = unknown>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const { text } = await postRpc(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  const reply = JSON.parse(text) as { result?: T; error?: { code: number; message: string; data?: unknown } };
  if (reply.error !== undefined) throw new RpcCallError(reply.error);
  return reply.result as T;
}

/** The block that `tag` names, as far as tests look at it. */
export interface RpcBlockView {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly transactions: readonly string[];
}

/** The number and hash of the head. */
export async function headOf(url: string): Promise<{ number: number; hash: string }> {
  const { number, hash } = await rpcCall<RpcBlockView>(url, 'eth_getBlockByNumber', 'latest', false);
  return { number: Number(number), hash };
}
