import type { JSONRPCID } from 'json-rpc-2.0';
import { ErrorCode, RpcError } from './errors.js';
import { type Answer, isObject, RawJson } from './json.js';

/** What a caller learns of a bug of ours: that there was one. */
export const bugError = (): RpcError =>
  new RpcError(ErrorCode.internal, 'internal error', 'this is a bug of the node: its log tells more');

/** The response text of a success. Throws if `answer` can't be written as JSON. */
export function resultText(id: JSONRPCID, answer: Answer): string {
  const text = answer instanceof RawJson ? answer.text : JSON.stringify(answer);
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${text}}`;
}

/** The response text of an error. */
export function errorText(id: JSONRPCID, error: RpcError): string {
  const { code, message, data } = error;
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } });
}

/** The response text of whatever a method threw. */
export const failureText = (id: JSONRPCID, error: unknown): string =>
  errorText(id, error instanceof RpcError ? error : bugError());

/** The id of a request if it has one that can be answered, else null. */
export function idOf(request: unknown): JSONRPCID {
  const id = isObject(request) ? request.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/** The id of the first request of a batch that has one. */
export function firstId(requests: readonly unknown[]): JSONRPCID {
  for (const request of requests) {
    const id = idOf(request);
    if (id !== null) return id;
  }
  return null;
}
