import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import type { Chain } from '../../chain/chain.js';
import { openChain } from '../../chain/open-chain.js';
import type { StoredPeer } from '../../net/swarm-api.js';
import { PREFIX } from '../../store/schema.js';
import type { Genesis } from '../../types/genesis-file.js';
import { type LevelKv, openLevelKv } from '../level-kv.js';
import type { OpenFailure } from '../leveldb/failure.js';
import { lockDatadir } from './lock.js';

/** Everything that a data directory holds, opened by this process alone. */
export interface OpenDatadir {
  readonly path: string;
  readonly chainDb: LevelKv;
  readonly peersDb: LevelKv;
  readonly chain: Chain;
  readonly storedPeers: readonly StoredPeer[];
  /** The records of the pool's journal. */
  readonly journal: readonly Uint8Array[];
  close(): Promise<void>;
}

/** Why a data directory can't be opened. */
export type DatadirError =
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'genesis-mismatch'; readonly message: string }
  | { readonly kind: 'schema-unknown'; readonly message: string }
  | { readonly kind: 'corrupt'; readonly message: string }
  | { readonly kind: 'disk-full'; readonly message: string }
  | { readonly kind: 'not-writable'; readonly message: string };

/** Records of one kind that are read at start; the writers keep fewer. */
const MAX_RECORDS = 200_000;
/** LevelDB must not meet a full disk, so the node stops, and does not start, below this. */
export const LEAST_FREE_BYTES = 512 * 1024 * 1024;

/** Bytes that a user may still write to the volume of `path`. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function ofDatabase(path: string, failure: OpenFailure): DatadirError {
  const message = `${path}: ${failure.message}`;
  switch (failure.code) {
    case 'locked':
    case 'corrupt':
    case 'disk-full':
    case 'not-writable':
      return { kind: failure.code, message };
    case 'io-error':
      return { kind: 'not-writable', message };
  }
}

/** What opening needs beside the path. */
export interface OpenOptions {
  readonly genesis: Genesis;
  readonly fakePow: boolean;
  /** Free space below which the directory is not opened. */
  readonly leastFreeBytes: number;
}

/** Opens the chain; if its database turns out to be damaged beyond what the chain can do without, a second time after a repair. */
async function openChainDb(
  path: string,
  options: OpenOptions,
  repairFirst = false,
): Promise<Result<{ readonly chainDb: LevelKv; readonly chain: Chain }, DatadirError>> {
  const database = await openLevelKv(path, repairFirst);
  if (!database.ok) return err(ofDatabase(path, database.error));
  const chainDb = database.value;
  const open = (thorough: boolean) =>
    openChain({ kv: chainDb, genesis: options.genesis }, { fakePow: options.fakePow, thorough });
  let chain = open(chainDb.repaired);
  // Where one record is damaged others may be: look at the whole state of the head.
  if (chain.ok && chainDb.damaged() && !chainDb.repaired) chain = open(true);
  // A chain must not begin anew on what is left of another.
  const lost = chain.ok && chain.value.opening.kind === 'created' && (chainDb.damaged() || chainDb.lost.length > 0);
  if (chain.ok && !lost) return ok({ chainDb, chain: chain.value });
  const retry = chainDb.damaged() && !chainDb.repaired;
  await chainDb.close();
  if (retry) return openChainDb(path, options, true);
  const failure = chain.ok ? ({ code: 'corrupt', message: 'its first records are lost' } as const) : chain.error;
  const files = chainDb.lost.length > 0 ? `; damaged: ${chainDb.lost.join(', ')}` : '';
  return err({ kind: failure.code, message: `${path}: ${failure.message}${files}` });
}

/** Opens (or makes) the data directory at `path`: takes its lock, opens both databases, and brings the chain to a valid head. */
export async function openDatadir(path: string, options: OpenOptions): Promise<Result<OpenDatadir, DatadirError>> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    return err({ kind: 'not-writable', message: `${path}: ${(cause as Error).message}` });
  }
  const free = freeBytes(path);
  if (free < options.leastFreeBytes) {
    return err({
      kind: 'disk-full',
      message: `only ${Math.floor(free / 2 ** 20)} MiB are free on the volume of ${path}`,
    });
  }
  const lock = lockDatadir(path);
  if (!lock.ok) return err({ kind: 'locked', message: `${path} is locked: process ${lock.error.pid} runs on it` });

  // What was opened so far, to be closed in reverse if a later part fails.
  const opened: (() => Promise<void> | void)[] = [() => lock.value.release()];
  const close = async (): Promise<void> => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  const fail = async (error: DatadirError): Promise<Result<OpenDatadir, DatadirError>> => {
    await close();
    return err(error);
  };

  const chainPath = join(path, 'chain');
  const chainOpened = await openChainDb(chainPath, options);
  if (!chainOpened.ok) return fail(chainOpened.error);
  const { chainDb, chain } = chainOpened.value;
  opened.push(() => chainDb.close());
  const peersPath = join(path, 'peers');
  const peersDb = await openLevelKv(peersPath);
  if (!peersDb.ok) return fail(ofDatabase(peersPath, peersDb.error));
  opened.push(() => peersDb.value.close());
  // Peers that were lost are found again.
  peersDb.value.forgetDamage();

  const journal = await chainDb.readAll(Uint8Array.of(PREFIX.journal), MAX_RECORDS);
  return ok({
    path,
    chainDb,
    peersDb: peersDb.value,
    chain,
    storedPeers: await peersDb.value.readAll(new Uint8Array(0), MAX_RECORDS),
    journal: journal.map(([, raw]) => raw),
    close,
  });
}
