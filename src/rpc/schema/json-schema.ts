import type { JsonObject } from '../json.js';

/** A JSON Schema (draft 7). References name the parts of this node's own description. */
export type JsonSchema = JsonObject;

const pattern = (expression: string): JsonSchema => ({ type: 'string', pattern: expression });

/** Anything at all. */
export const anything: JsonSchema = {};
/** Any text. */
export const text: JsonSchema = { type: 'string' };
/** True or false. */
export const truth: JsonSchema = { type: 'boolean' };
/** Null. */
export const nothing: JsonSchema = { type: 'null' };
/** Any JSON number. */
export const number: JsonSchema = { type: 'number' };
/** A JSON integer >= 0. */
export const natural: JsonSchema = { type: 'integer', minimum: 0 };
/** An integer >= 0 as hex without leading zeros. */
export const quantity = pattern('^0x(0|[1-9a-f][0-9a-f]*)$');
/** Decimal digits: what may outgrow 2^53 where geth has a JSON number. */
export const decimal = pattern('^(0|[1-9][0-9]*)$');
/** Whole bytes as hex, `0x` for none. */
export const bytes = pattern('^0x([0-9a-f]{2})*$');

/** Exactly `length` bytes as hex. */
export const fixedBytes = (length: number): JsonSchema => pattern(`^0x[0-9a-f]{${length * 2}}$`);

/** 20 bytes. */
export const address = fixedBytes(20);
/** 32 bytes. */
export const hash = fixedBytes(32);
/** A node id as geth writes it: no prefix. */
export const nodeId = pattern('^[0-9a-f]{64}$');

/** Exactly this value. */
export const only = (value: string | number | boolean): JsonSchema => ({ const: value });

/** One of these texts. */
export const oneOf = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });

/** One of these, or several at once. */
export const either = (...schemas: readonly JsonSchema[]): JsonSchema => ({ anyOf: schemas });

/** This, or null. */
export const orNull = (schema: JsonSchema): JsonSchema => either(schema, nothing);

/** An array of any length. */
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

/** An array of exactly these. */
export const tuple = (...items: readonly JsonSchema[]): JsonSchema => ({
  type: 'array',
  items,
  minItems: items.length,
  maxItems: items.length,
});

/** An object with all of `members`, perhaps some of `optional`, and nothing else. */
export const object = (
  members: { readonly [name: string]: JsonSchema },
  optional: { readonly [name: string]: JsonSchema } = {},
): JsonSchema => ({
  type: 'object',
  properties: { ...members, ...optional },
  required: Object.keys(members),
  additionalProperties: false,
});

/** An object used as a map. */
export const mapOf = (values: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: values });
