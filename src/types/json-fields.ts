import type { Hex } from '../base/brand.js';
import { parseHex } from '../base/hex.js';

/** What a field of a JSON file lacks: the caller adds the file and says what to do. `path` names the field, as `config.chainId`. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly path: string;

  constructor(path: string, detail: string) {
    super(`${path} ${detail}`);
    this.path = path;
  }
}

/**
 * A JSON object with the place it stands at, so that every complaint can name its key. A key that is asked for is found in
 * other letter case too, if it is not there as asked: geth reads its files so (encoding/json, Unmarshal).
 */
export class JsonFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** Throws FieldError unless `value` is a JSON object. */
  constructor(value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new FieldError(path === '' ? 'the file' : path, 'must be a JSON object');
    }
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  /** Where `key` stands in the file. */
  pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  /** The keys that are there and not null, as they are written. */
  keys(): string[] {
    return Object.keys(this.#values).filter((key) => this.#holds(key));
  }

  /** True if `key` is there and not null. */
  has(key: string): boolean {
    return this.#holds(this.#written(key));
  }

  /** The object under `key`, which must be there. */
  object(key: string): JsonFields {
    const written = this.#written(key);
    return new JsonFields(this.#values[written], this.pathOf(written));
  }

  /** The number under `key` from 0 to `max`: a JSON integer, decimal digits or hex in a string (bare `0x` is 0). */
  integer(key: string, max: bigint, fallback?: bigint): bigint {
    if (!this.has(key) && fallback !== undefined) return fallback;
    const value = parseInteger(this.#required(key));
    if (value === undefined) throw this.#error(key, 'must be a whole number, decimal or 0x hex');
    if (value > max) throw this.#error(key, `must be at most ${max}`);
    return value;
  }

  /** The bytes under `key`, as hex with or without `0x`; `length` is exact where it is given. */
  hex(key: string, length?: number, fallback?: Hex): Hex {
    if (!this.has(key) && fallback !== undefined) return fallback;
    const hex = looseHex(this.#required(key));
    if (hex === undefined) throw this.#error(key, 'must be hex bytes, as "0x12ab"');
    if (length !== undefined && hex.length !== 2 + 2 * length) {
      throw this.#error(key, `must have ${length} bytes, not ${hex.length / 2 - 1}`);
    }
    return hex;
  }

  /** The string under `key`. */
  text(key: string): string {
    const value = this.#required(key);
    if (typeof value !== 'string') throw this.#error(key, 'must be a string');
    return value;
  }

  #required(key: string): unknown {
    if (!this.has(key)) throw this.#error(key, 'is missing');
    return this.#values[this.#written(key)];
  }

  #error(key: string, detail: string): FieldError {
    return new FieldError(this.pathOf(this.#written(key)), detail);
  }

  #holds(written: string): boolean {
    return (
      Object.hasOwn(this.#values, written) && this.#values[written] !== null && this.#values[written] !== undefined
    );
  }

  /** The key that stands in the file for `key`; itself if none does. */
  #written(key: string): string {
    if (this.#holds(key)) return key;
    const folded = key.toLowerCase();
    return this.keys().find((written) => written.toLowerCase() === folded) ?? key;
  }
}

function parseInteger(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (typeof value !== 'string') return undefined;
  if (/^0x$/i.test(value)) return 0n;
  return /^(?:\d+|0x[0-9a-f]+)$/i.test(value) ? BigInt(value) : undefined;
}

/** Hex bytes as files have them: any case, with or without `0x`. */
export function looseHex(value: unknown): Hex | undefined {
  if (typeof value !== 'string') return undefined;
  return parseHex(/^0x/i.test(value) ? `0x${value.slice(2)}` : `0x${value}`);
}
