import { invalidParams } from './errors.js';
import type { Answer } from './json.js';
import { type Param, ParamError } from './param.js';
import type { Session } from './session.js';

/** What surrounds one call. */
export interface Call {
  readonly nowMs: number;
  /** The connection, where it can carry notifications (WebSocket, IPC); undefined on plain HTTP. */
  readonly session: Session | undefined;
}

/** A method of the interface. */
export interface Method {
  readonly name: string;
  readonly params: readonly Param<unknown>[];
  /** Runs with `params` as they came. Throws RpcError; anything else that it throws is a bug. */
  readonly invoke: (params: unknown, call: Call) => Answer;
}

type Values<P extends readonly Param<unknown>[]> = { [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** Makes a method of its parameters and what it does; `run` sees only values that were checked. */
export function method<const P extends readonly Param<unknown>[]>(
  name: string,
  params: P,
  run: (call: Call, ...values: Values<P>) => Answer,
): Method {
  return {
    name,
    params,
    invoke: (json, call) => run(call, ...(readParams(params, json) as Values<P>)),
  };
}

const NO_VALUES: readonly unknown[] = [];

/** The values of positional parameters, in geth's order of complaints: each argument, then too many, then missing. */
function readParams(params: readonly Param<unknown>[], json: unknown): readonly unknown[] {
  const given = json === undefined || json === null ? NO_VALUES : json;
  if (!Array.isArray(given)) throw invalidParams('non-array args', 'parameters are positional: send an array');
  const values = new Array<unknown>(params.length);
  for (let i = 0; i < params.length && i < given.length; i++)
    values[i] = readParam(params[i] as Param<unknown>, given[i], i);
  if (given.length > params.length) throw invalidParams(`too many arguments, want at most ${params.length}`);
  for (let i = given.length; i < params.length; i++) {
    const param = params[i] as Param<unknown>;
    if (param.required)
      throw invalidParams(`missing value for required argument ${i}`, `argument ${i} is \`${param.name}\``);
  }
  return values;
}

/** The value of one positional parameter; throws `invalid argument N: ...`. */
export function readParam<T>(param: Param<T>, json: unknown, position: number): T {
  try {
    return param.decode(json);
  } catch (error) {
    if (!(error instanceof ParamError)) throw error;
    throw invalidParams(`invalid argument ${position}: ${error.message}`, `argument ${position} is \`${param.name}\``);
  }
}
