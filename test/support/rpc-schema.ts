import { Ajv, type ValidateFunction } from 'ajv';
import { schemaParts } from '../../src/rpc/schema/parts.js';
import { RESULTS } from '../../src/rpc/schema/results.js';
import { loadOpenRpc } from './openrpc.js';
import { vectorsPath } from './vector-files.js';

const ajv = new Ajv({ strict: false, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();
let published: ReturnType<typeof loadOpenRpc> | undefined;

/** The description of the execution APIs; undefined where the test data are absent. */
function execution(): ReturnType<typeof loadOpenRpc> | undefined {
  if (published === undefined && vectorsPath('openrpc/openrpc.json') !== undefined) published = loadOpenRpc();
  return published;
}

function ownProblem(method: string, result: unknown): string | undefined {
  const schema = RESULTS.get(method);
  if (schema === undefined) return 'the method is not described in src/rpc/schema/results.ts';
  const validate = compiled.get(method) ?? ajv.compile({ ...schema, components: { schemas: schemaParts } });
  compiled.set(method, validate);
  return validate(result) ? undefined : ajv.errorsText(validate.errors);
}

/** The published description has no word for what is not in a block yet: a waiting transaction, a candidate block. */
function isWaiting(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'hash' in result
    ? result.hash === null || ('blockHash' in result && result.blockHash === null)
    : false;
}

function publishedProblem(method: string, result: unknown): string | undefined {
  const description = execution();
  if (description === undefined) return undefined;
  // Whole transactions from a filter are known to nodes, not to the description.
  if (method === 'eth_getFilterChanges' && Array.isArray(result) && isWaiting(result[0]))
    return result.map((transaction) => description.pendingProblem(transaction)).find((each) => each !== undefined);
  if (!isWaiting(result)) return description.problem(method, result);
  const isBlock = typeof result === 'object' && result !== null && 'transactions' in result;
  return isBlock ? undefined : description.pendingProblem(result);
}

/** What is wrong with `result` as an answer of `method`, by this node's description and by that of the execution APIs. */
export function resultProblem(method: string, result: unknown): string | undefined {
  const own = ownProblem(method, result);
  if (own !== undefined) return `${method}: ${own}`;
  const problem = publishedProblem(method, result);
  return problem === undefined ? undefined : `${method} (execution-apis): ${problem}`;
}

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, data } = value as { code?: unknown; message?: unknown; data?: { hint?: unknown } };
  return Number.isInteger(code) && typeof message === 'string' && message !== '' && typeof data?.hint === 'string';
}

interface Called {
  readonly id?: unknown;
  readonly method?: unknown;
}

/** What is wrong with `answer` as a JSON-RPC answer to `request`: a result as described, or an error with a hint. */
function problemOf(request: Called | undefined, answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return 'no JSON-RPC answer';
  const { jsonrpc, error } = answer as { jsonrpc?: unknown; error?: unknown };
  if (jsonrpc !== '2.0' || !('id' in answer) || 'result' in answer === 'error' in answer) return 'no JSON-RPC answer';
  if (!('result' in answer)) return isError(error) ? undefined : 'no error with a code, a message and a hint';
  return typeof request?.method === 'string' ? resultProblem(request.method, answer.result) : undefined;
}

/** Throws unless `answer` (undefined: none) is right in form for the request, which may be a batch or no JSON at all. */
export function checkAnswer(requestText: string, answer: unknown): void {
  if (answer === undefined) return;
  let sent: unknown;
  try {
    sent = JSON.parse(requestText);
  } catch {
    sent = undefined;
  }
  const called = (Array.isArray(sent) ? sent : [sent]) as readonly (Called | null | undefined)[];
  for (const one of Array.isArray(answer) ? answer : [answer]) {
    const request = called.find((call) => call?.id === (one as Called | null)?.id);
    const problem = problemOf(request ?? undefined, one);
    if (problem !== undefined) throw new Error(`${problem}: ${JSON.stringify(one).slice(0, 2000)}`);
  }
}
