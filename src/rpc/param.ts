/** A parameter that can't be read; `message` is what follows `invalid argument N: `. Caught by the method table only. */
export class ParamError extends Error {
  override readonly name = 'ParamError';
}

/** Reads one positional parameter. */
export interface Param<T> {
  /** Its name in the description of the interface. */
  readonly name: string;
  readonly required: boolean;
  /** The reader that it was made of, by which its values are described. */
  readonly reader: Decode<unknown>;
  /** The value of checked JSON; throws {@link ParamError}. Never called with undefined. */
  decode(json: unknown): T;
}

/** A reader of one kind of value, to be named when it is used as a parameter. */
export type Decode<T> = (json: unknown) => T;

/** A parameter that must be there. */
export const required = <T>(name: string, decode: Decode<T>): Param<T> => ({
  name,
  required: true,
  reader: decode,
  decode,
});

/** A parameter that may be missing or null. */
export const optional = <T>(name: string, decode: Decode<T>): Param<T | undefined> => ({
  name,
  required: false,
  reader: decode,
  decode: (json) => (json === null ? undefined : decode(json)),
});

/** What JSON calls the kind of `json`, for messages. */
export function kindOf(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return 'array';
  return typeof json === 'boolean' ? 'bool' : typeof json;
}

/** The message of a value of the wrong kind, as Go's JSON decoder puts it: clients and test suites know these words. */
export const wrongKind = (what: string, goType: string): ParamError =>
  new ParamError(`json: cannot unmarshal ${what} into Go value of type ${goType}`);
