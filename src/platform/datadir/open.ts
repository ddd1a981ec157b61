import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import type { Chain } from '../../chain/chain.js';
import { openChain } from '../../chain/open-chain.js';
import type { StoredPeer } from '../../net/swarm-api.js';
import { PREFIX } from '../../store/schema.js';
import type { Genesis } from '../../types/genesis-file.js';
import { type LevelKv, type OpenFailure, openLevelKv } from '../level-kv.js';
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
  const chainDb = await openLevelKv(chainPath);
  if (!chainDb.ok) return fail(ofDatabase(chainPath, chainDb.error));
  opened.push(() => chainDb.value.close());
  const peersPath = join(path, 'peers');
  const peersDb = await openLevelKv(peersPath);
  if (!peersDb.ok) return fail(ofDatabase(peersPath, peersDb.error));
  opened.push(() => peersDb.value.close());

  const chain = openChain(
    { kv: chainDb.value, genesis: options.genesis },
    { fakePow: options.fakePow, verifyState: chainDb.value.repaired },
  );
  if (!chain.ok) return fail({ kind: chain.error.code, message: `${chainPath}: ${chain.error.message}` });
  const journal = await chainDb.value.readAll(Uint8Array.of(PREFIX.journal), MAX_RECORDS);
  return ok({
    path,
    chainDb: chainDb.value,
    peersDb: peersDb.value,
    chain: chain.value,
    storedPeers: await peersDb.value.readAll(new Uint8Array(0), MAX_RECORDS),
    journal: journal.map(([, raw]) => raw),
    close,
  });
}
