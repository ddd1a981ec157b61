import type { Json } from './json.js';

/** Error codes of JSON-RPC 2.0 and EIP-1474. */
export const ErrorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  /** A bug of ours and nothing else: clients retry on it. */
  internal: -32603,
  /** A question that the present state has no answer to. */
  server: -32000,
  timeout: -32002,
  /** EIP-1474 "transaction rejected". viem shows texts that it does not know far better with it than with -32000. */
  rejected: -32003,
  notSupported: -32004,
  limit: -32005,
} as const;

/** A JSON-RPC error object. `message` is part of the interface: clients match it. `data.hint` says what to do next. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: { readonly hint: string } & { readonly [key: string]: Json };

  constructor(code: number, message: string, hint: string, details: { readonly [key: string]: Json } = {}) {
    super(message);
    this.code = code;
    this.data = { hint, ...details };
  }
}

/** The request is JSON but no JSON-RPC 2.0 call. */
export const invalidRequest = (hint: string): RpcError =>
  new RpcError(ErrorCode.invalidRequest, 'invalid request', hint);

/** The body is no JSON. */
export const parseError = (): RpcError =>
  new RpcError(ErrorCode.parse, 'parse error', 'the body must be one JSON object or an array of them');

/** More calls in one batch than this node takes. */
export const batchTooLarge = (limit: number): RpcError =>
  new RpcError(ErrorCode.invalidRequest, 'batch too large', `send at most ${limit} calls in one batch`);

/** The answers of a batch outgrew the limit. */
export const responseTooLarge = (limitBytes: number): RpcError =>
  new RpcError(
    ErrorCode.rejected,
    'response too large',
    `ask for less at once: answers are limited to ${limitBytes} bytes`,
  );

/** The batches of all clients hold more answers than the node has room for. */
export const tooManyAnswers = (): RpcError =>
  new RpcError(ErrorCode.limit, 'too many large batches under way', 'ask for less at once, or try again later');

/** The deadline of a request passed before this call's turn. */
export const requestTimedOut = (): RpcError =>
  new RpcError(ErrorCode.timeout, 'request timed out', 'send smaller batches, or try again when the node is less busy');

/** No such method here; the words are geth's, which ethers looks for. */
export const methodNotFound = (method: string, hint: string): RpcError =>
  new RpcError(ErrorCode.methodNotFound, `the method ${method} does not exist/is not available`, hint);

/** A parameter that is missing, malformed or too many. */
export const invalidParams = (message: string, hint = 'see rpc_discover for the parameters of each method'): RpcError =>
  new RpcError(ErrorCode.invalidParams, message, hint);

/** A state query names a block that is not here. */
export const headerNotFound = (): RpcError =>
  new RpcError(ErrorCode.server, 'header not found', 'ask eth_blockNumber for the newest block this node has');

/** The block is here, its state is not kept any more. */
export const statePruned = (number: number, oldest: number): RpcError =>
  new RpcError(
    ErrorCode.server,
    `state of block ${number} is pruned: the oldest kept is that of block ${oldest}`,
    'ask for a newer block, or run a node that keeps all states',
    { oldestState: oldest },
  );

/** The block is of this chain, but a part of what was stored of it is gone: the disk lost it. */
export const recordLost = (what: string, block: string): RpcError =>
  new RpcError(
    ErrorCode.server,
    `the ${what} of block ${block} is lost: the database is damaged`,
    'restart the node: it looks for damage then, and makes it good or fetches the block again',
  );

/** What the state or the rules refuse for a reason that the caller's request does not show. */
export const serverError = (message: string, hint: string): RpcError => new RpcError(ErrorCode.server, message, hint);

/** A filter that never was, was uninstalled, or expired. */
export const filterNotFound = (): RpcError =>
  serverError('filter not found', 'filters are dropped after 5 minutes without a call: create a new one');
