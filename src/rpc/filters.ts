import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { Random } from '../ports/random.js';
import type { Block } from '../types/block.js';
import type { Transaction } from '../types/transaction.js';
import { filterNotFound } from './errors.js';
import type { Json } from './json.js';
import type { LogQuery } from './log-query.js';
import { randomId } from './random-id.js';
import { transactionView } from './view-transaction.js';

/** A filter that nobody asks for this long is gone (geth's figure). */
export const FILTER_IDLE_MS = 5 * 60_000;
/** Filters at once over all callers; one more drops the one asked longest ago. The attack: creating them in a loop. */
const MAX_FILTERS = 1024;
/** What a filter keeps between two calls; an idle one on a busy chain loses the oldest. */
const MAX_KEPT = 8192;

interface FilterBase {
  expiresAtMs: number;
}

type Filter = FilterBase &
  (
    | { readonly kind: 'blocks'; hashes: Hash32[] }
    | { readonly kind: 'transactions'; readonly full: boolean; found: Transaction[] }
    | { readonly kind: 'logs'; readonly query: LogQuery }
  );

/** Polling filters: what happened since the caller last asked. Time is an argument. */
export interface Filters {
  addBlocks(nowMs: number): string;
  addTransactions(full: boolean, nowMs: number): string;
  addLogs(query: LogQuery, nowMs: number): string;
  /** Throws `filter not found`. */
  changes(id: string, nowMs: number): Json;
  /** The query of a log filter; throws `filter not found`. */
  logQuery(id: string, nowMs: number): LogQuery;
  /** True if it was there. */
  remove(id: string): boolean;
  onBlocks(added: readonly Block[]): void;
  onTransactions(transactions: readonly Transaction[]): void;
  /** Drops what is idle. */
  tick(nowMs: number): void;
}

function keep<T>(kept: T[], more: readonly T[]): void {
  for (const item of more) kept.push(item);
  if (kept.length > MAX_KEPT) kept.splice(0, kept.length - MAX_KEPT);
}

/** Creates the registry. Ids are 128 random bits, so that callers can't read each other's filters. */
export function createFilters(random: Random): Filters {
  const filters = new BoundedMap<string, Filter>(MAX_FILTERS);

  function add(filter: Filter): string {
    const id = randomId(random);
    filters.set(id, filter);
    return id;
  }

  function touch(id: string, nowMs: number): Filter {
    const filter = filters.get(id);
    if (filter === undefined || filter.expiresAtMs <= nowMs) throw filterNotFound();
    filter.expiresAtMs = nowMs + FILTER_IDLE_MS;
    return filter;
  }

  return {
    addBlocks: (nowMs) => add({ kind: 'blocks', hashes: [], expiresAtMs: nowMs + FILTER_IDLE_MS }),
    addTransactions: (full, nowMs) =>
      add({ kind: 'transactions', full, found: [], expiresAtMs: nowMs + FILTER_IDLE_MS }),
    addLogs: (query, nowMs) => add({ kind: 'logs', query, expiresAtMs: nowMs + FILTER_IDLE_MS }),
    changes(id, nowMs) {
      const filter = touch(id, nowMs);
      if (filter.kind === 'logs') return [];
      if (filter.kind === 'blocks') {
        const { hashes } = filter;
        filter.hashes = [];
        return hashes;
      }
      const { found, full } = filter;
      filter.found = [];
      return found.map((transaction) => (full ? transactionView(transaction, undefined) : transaction.hash));
    },
    logQuery(id, nowMs) {
      const filter = touch(id, nowMs);
      if (filter.kind !== 'logs') throw filterNotFound();
      return filter.query;
    },
    remove: (id) => filters.delete(id),
    onBlocks(added) {
      const hashes = added.map((block) => block.hash);
      for (const filter of filters.values()) if (filter.kind === 'blocks') keep(filter.hashes, hashes);
    },
    onTransactions(transactions) {
      for (const filter of filters.values()) if (filter.kind === 'transactions') keep(filter.found, transactions);
    },
    tick(nowMs) {
      for (const [id, filter] of [...filters]) if (filter.expiresAtMs <= nowMs) filters.delete(id);
    },
  };
}
