import type { JSONRPCID, JSONRPCRequest } from 'json-rpc-2.0';
import { BatchRun, type HeldAnswers } from './batch.js';
import { MAX_DEPTH, MAX_VALUES, shapeOf } from './depth.js';
import { batchTooLarge, invalidRequest, parseError, RpcError, responseTooLarge } from './errors.js';
import { type Answer, isObject, Later } from './json.js';
import { createLibrary, invalidRequestResponse, type LibraryDeps } from './library.js';
import type { Call, Method } from './method.js';
import { errorText, failureText, firstId, resultText } from './response.js';

/** Method names longer than this are noise (geth's limit). */
const MAX_METHOD_LENGTH = 2048;

/** How much one request may ask and be told. */
export interface DispatchLimits {
  /** Calls in a batch. */
  readonly batchCalls: number;
  /** Characters of all answers to one request. */
  readonly responseLength: number;
  /** Characters that unfinished batches of all clients may hold together. */
  readonly heldLength: number;
  /** How long the calls of a batch may take together. */
  readonly batchMs: number;
}

/** geth's limits: 1000 calls, 25 MB, 30 s; and as much for ten such batches at once. */
export const DEFAULT_LIMITS: DispatchLimits = {
  batchCalls: 1000,
  responseLength: 25_000_000,
  heldLength: 250_000_000,
  batchMs: 30_000,
};

/** Takes the answer to a request as JSON text; undefined if it deserves none (notifications). Called exactly once. */
export type Reply = (text: string | undefined) => void;

/** Turns request texts into answer texts. */
export interface Dispatcher {
  /**
   * Answers one request text. A single call is answered before this returns, unless its method waits for something.
   * A batch is returned as a run that the caller advances call by call, so that a long one blocks nobody.
   */
  receive(text: string, call: Call, reply: Reply): BatchRun | undefined;
  /** The same for a value that was parsed before. */
  receiveValue(request: unknown, call: Call, reply: Reply): BatchRun | undefined;
}

interface WellFormed {
  readonly id?: JSONRPCID;
  readonly method: string;
  readonly params?: unknown;
}

/** True for a call or notification by the letter of JSON-RPC 2.0; `params` may also be missing or null. */
function isWellFormed(value: unknown): value is WellFormed {
  if (!isObject(value) || value.jsonrpc !== '2.0') return false;
  const { id, method, params } = value;
  if (typeof method !== 'string' || method.length > MAX_METHOD_LENGTH) return false;
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') return false;
  return (
    (params === undefined || typeof params === 'object') && value.result === undefined && value.error === undefined
  );
}

/**
 * Creates the dispatcher of a method table. `held` is shared by all dispatchers of a node.
 *
 * `json-rpc-2.0` is the rule book: it answers whatever is not a plain call of a known method. Plain calls, which are all
 * that matter for speed, go straight from the table to text: no promise, no response object. Both ways give equal answers,
 * by test. What the library leaves open is closed here and in `library.ts`: batch limits and one-element batches, geth's
 * wording, ids that are objects, its console output, and bugs that are the caller's business only as `internal error`.
 */
export function createDispatcher(
  methods: readonly Method[],
  deps: LibraryDeps,
  limits: DispatchLimits = DEFAULT_LIMITS,
  held: HeldAnswers = { length: 0 },
): Dispatcher {
  const table = new Map<string, Method>(methods.map((method) => [method.name, method]));
  const library = createLibrary(methods, deps);

  function bounded(text: string, id: JSONRPCID): string {
    return text.length <= limits.responseLength ? text : errorText(id, responseTooLarge(limits.responseLength));
  }

  function single(request: unknown, call: Call, reply: Reply): void {
    if (isWellFormed(request)) {
      const method = table.get(request.method);
      if (method !== undefined) {
        plain(method, request, call, reply);
        return;
      }
    }
    byLibrary(request, call, reply);
  }

  function plain(method: Method, request: WellFormed, call: Call, reply: Reply): void {
    const { id } = request;
    try {
      const answer = method.invoke(request.params, call);
      if (answer instanceof Later) {
        answer.onSettled((outcome) => reply(id === undefined ? undefined : settled(method, id, outcome)));
        return;
      }
      reply(id === undefined ? undefined : bounded(resultText(id, answer), id));
    } catch (error) {
      reply(id === undefined ? undefined : failed(method.name, id, error));
    }
  }

  function settled(method: Method, id: JSONRPCID, outcome: () => Answer): string {
    try {
      return resultText(id, outcome());
    } catch (error) {
      return failed(method.name, id, error);
    }
  }

  function failed(name: string, id: JSONRPCID, error: unknown): string {
    if (!(error instanceof RpcError)) deps.onBug(name, error);
    return failureText(id, error);
  }

  function byLibrary(request: unknown, call: Call, reply: Reply): void {
    if (!isWellFormed(request)) {
      reply(JSON.stringify(invalidRequestResponse(request)));
      return;
    }
    void library.receive(request as JSONRPCRequest, call).then((response) => {
      reply(response === null ? undefined : JSON.stringify(response));
    });
  }

  function tooManyCalls(requests: unknown): string {
    const id = Array.isArray(requests) ? firstId(requests) : null;
    return `[${errorText(id, batchTooLarge(limits.batchCalls))}]`;
  }

  function batch(requests: readonly unknown[], call: Call, reply: Reply): BatchRun | undefined {
    if (requests.length === 0) {
      reply(errorText(null, invalidRequest('the batch is empty')));
      return undefined;
    }
    if (requests.length > limits.batchCalls) {
      reply(tooManyCalls(requests));
      return undefined;
    }
    return new BatchRun(requests, single, call, limits, held, reply);
  }

  function receiveValue(request: unknown, call: Call, reply: Reply): BatchRun | undefined {
    if (Array.isArray(request)) return batch(request, call, reply);
    single(request, call, reply);
    return undefined;
  }

  return {
    receiveValue,
    receive(text, call, reply) {
      const shape = shapeOf(text, limits.batchCalls);
      switch (shape.kind) {
        case 'too-deep':
          reply(errorText(null, invalidRequest(`JSON nested deeper than ${MAX_DEPTH} levels`)));
          return undefined;
        case 'too-many-values':
          reply(errorText(null, invalidRequest(`JSON of more than ${MAX_VALUES} values`)));
          return undefined;
        case 'too-many-calls': {
          // Only as much is parsed as it takes to name the first id.
          const first = parse(shape.first);
          reply(first === undefined ? errorText(null, parseError()) : tooManyCalls(first));
          return undefined;
        }
        case 'fit': {
          const request = parse(text);
          if (request !== undefined) return receiveValue(request, call, reply);
          reply(errorText(null, parseError()));
          return undefined;
        }
      }
    },
  };
}

/** The value of a JSON text; undefined if it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
