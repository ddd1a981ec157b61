import { asBuffer } from '../base/bytes.js';
import type { KvWrite } from '../ports/kv.js';

/**
 * The peers database: text keys `kind:name`, JSON values. Small, written rarely, read whole at start, and worth being able to look at
 * by hand; nothing here is consensus.
 */
export type StoredRecord = Readonly<Record<string, unknown>>;

/** A change that stores `record`; undefined deletes the key. */
export function storedWrite(key: string, record: StoredRecord | undefined): KvWrite {
  const bytes = Buffer.from(key, 'utf8');
  if (record === undefined) return { kind: 'del', key: bytes };
  return { kind: 'put', key: bytes, value: Buffer.from(JSON.stringify(record), 'utf8') };
}

/** The key's text. */
export function storedKey(key: Uint8Array): string {
  return asBuffer(key).toString('utf8');
}

/** The record in `value`; undefined if it isn't a JSON object: a damaged record is forgotten, never fatal. */
export function storedRecord(value: Uint8Array): StoredRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(asBuffer(value).toString('utf8'));
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** A finite number field, or undefined. */
export function storedNumber(record: StoredRecord, name: string): number | undefined {
  const value = record[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text field of at most `maxLength` characters, or undefined. */
export function storedText(record: StoredRecord, name: string, maxLength = 256): string | undefined {
  const value = record[name];
  return typeof value === 'string' && value.length <= maxLength ? value : undefined;
}

function isRecord(value: unknown): value is StoredRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
