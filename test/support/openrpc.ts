import { Ajv, type ValidateFunction } from 'ajv';
import { readVector } from './vector-files.js';

interface Specification {
  readonly methods: readonly { readonly name: string; readonly result: { readonly schema: Schema } }[];
}
type Schema = { readonly [key: string]: unknown };

/** Checks results against the OpenRPC description of the execution APIs. */
export interface OpenRpc {
  /** The methods that it describes. */
  readonly methods: ReadonlySet<string>;
  /** What is wrong with `result` as an answer of `method`; undefined if nothing is, or if the method has no schema. */
  problem(method: string, result: unknown): string | undefined;
}

/** Log results are told apart by a `oneOf` of which an empty list matches both branches: the description's mistake. */
const AMBIGUOUS = new Set(['eth_getLogs', 'eth_getFilterLogs', 'eth_getFilterChanges']);

function relaxed(schema: Schema): Schema {
  const { oneOf, ...rest } = schema;
  return oneOf === undefined ? schema : { ...rest, anyOf: oneOf };
}

/** The schema of one waiting transaction: the description has it inside the pool's content only. */
function poolTransaction(specification: Specification): Schema {
  const content = specification.methods.find(({ name }) => name === 'txpool_content')?.result.schema as {
    readonly properties: {
      readonly pending: { readonly additionalProperties: { readonly additionalProperties: Schema } };
    };
  };
  return content.properties.pending.additionalProperties.additionalProperties;
}

/** Reads and compiles the description; throws where the test data are absent. */
export function loadOpenRpc(): OpenRpc & { pendingProblem(transaction: unknown): string | undefined } {
  const specification = readVector<Specification>('openrpc/openrpc.json');
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const compiled = new Map<string, ValidateFunction>();
  const schemas = new Map(
    specification.methods.map(({ name, result }) => [
      name,
      AMBIGUOUS.has(name) ? relaxed(result.schema) : result.schema,
    ]),
  );

  function check(key: string, schema: Schema, value: unknown): string | undefined {
    const validate = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  }

  return {
    methods: new Set(schemas.keys()),
    problem(method, result) {
      const schema = schemas.get(method);
      return schema === undefined ? undefined : check(method, schema, result);
    },
    pendingProblem: (transaction) => check('waiting transaction', poolTransaction(specification), transaction),
  };
}
