import {
  createInvalidRequestResponse,
  createJSONRPCErrorResponse,
  createJSONRPCSuccessResponse,
  type JSONRPCID,
  type JSONRPCResponse,
  JSONRPCServer,
} from 'json-rpc-2.0';
import { invalidRequest, methodNotFound, RpcError } from './errors.js';
import { isObject, Later } from './json.js';
import type { Call, Method } from './method.js';
import { bugError } from './response.js';

/** What the dispatcher needs beside its methods. */
export interface LibraryDeps {
  /** Told of each error that is a bug: the caller only learns that there was one. */
  readonly onBug: (method: string, error: unknown) => void;
  /** What to say about a method that is not here. */
  readonly hintFor: (method: string) => string;
}

const FORM_HINT = 'a call is {"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}';

function errorResponse(id: JSONRPCID, { code, message, data }: RpcError): JSONRPCResponse {
  return createJSONRPCErrorResponse(id, code, message, data);
}

/** The library's answer to what is no call, in our words. */
export function invalidRequestResponse(request: unknown): JSONRPCResponse {
  const { id } = createInvalidRequestResponse(isObject(request) ? request : {});
  return errorResponse(id, invalidRequest(FORM_HINT));
}

/** `json-rpc-2.0` over a method table: each method can be called through it, unknown ones get geth's words. */
export function createLibrary(methods: readonly Method[], deps: LibraryDeps): JSONRPCServer<Call> {
  const server = new JSONRPCServer<Call>({ errorListener: () => undefined });

  for (const { name, invoke } of methods)
    server.addMethodAdvanced(
      name,
      ({ id, params }, call) =>
        new Promise((resolve) => {
          const respond = (outcome: () => unknown): void =>
            resolve(id === undefined ? null : response(name, id, outcome));
          try {
            const answer = invoke(params, call);
            if (answer instanceof Later) answer.onSettled(respond);
            else respond(() => answer);
          } catch (error) {
            respond(() => {
              throw error;
            });
          }
        }),
    );

  function response(name: string, id: JSONRPCID, outcome: () => unknown): JSONRPCResponse {
    try {
      return createJSONRPCSuccessResponse(id, outcome());
    } catch (error) {
      if (error instanceof RpcError) return errorResponse(id, error);
      deps.onBug(name, error);
      return errorResponse(id, bugError());
    }
  }

  server.handleMethodNotFound = ({ id, method }) =>
    Promise.resolve(id === undefined ? null : errorResponse(id, methodNotFound(method, deps.hintFor(method))));
  return server;
}
