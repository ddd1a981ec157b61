import type { Hash32 } from '../base/brand.js';
import { err, ok, type Result } from '../base/result.js';
import type { WorldState } from '../state/world-state.js';
import {
  deleteBlock,
  readCanonical,
  readHead,
  readHeaderRaw,
  readMeta,
  removeCanonical,
  writeBlock,
  writeCanonical,
  writeCodes,
  writeHead,
  writeMeta,
  writeStateNodes,
} from '../store/records.js';
import { type MetaName, SCHEMA_VERSION } from '../store/schema.js';
import type { Block } from '../types/block.js';
import { type BlockStore, orUndefined } from './block-store.js';
import { type ChainHead, type ChainOpening, chainHead } from './chain.js';
import { type BuiltGenesis, firstDifference, specRecord } from './genesis.js';
import { mendChain } from './mend.js';

/** Why a store can't be opened. `corrupt`: not even the genesis block is whole any more. */
export type ChainOpenError =
  | { readonly code: 'schema-unknown'; readonly message: string }
  | { readonly code: 'genesis-mismatch'; readonly field: string; readonly message: string }
  | { readonly code: 'corrupt'; readonly message: string };

/** The head of an opened store, and what had to be done to get there. */
export interface OpenedStore {
  readonly head: ChainHead;
  readonly opening: ChainOpening;
}

/** Where the canonical chain is found and checked. */
interface StoreDeps {
  readonly store: BlockStore;
  readonly states: WorldState;
  /** Look at all blocks and the whole head state, and make good what can be, instead of looking at the head alone. */
  readonly thorough: boolean;
}

/** Opens the store of the chain that `genesis` starts, or writes `genesis` into an empty one. */
export function openStore(deps: StoreDeps, genesis: BuiltGenesis): Result<OpenedStore, ChainOpenError> {
  const { kv } = deps.store;
  if (deps.thorough) restoreFirstRecords(deps.store, genesis);
  const schema = readMeta(kv, 'schema');
  if (schema === undefined && readHead(kv) === undefined) return ok(create(deps.store, genesis));
  if (schema === undefined) return err({ code: 'corrupt', message: 'the record of the layout is missing' });
  if (schema.length !== 1 || schema[0] !== SCHEMA_VERSION) {
    return err({
      code: 'schema-unknown',
      message: `the database has layout ${schema[0] ?? 'none'}, not ${SCHEMA_VERSION}`,
    });
  }
  const stored = { header: readMeta(kv, 'genesis'), spec: readMeta(kv, 'spec') };
  if (stored.header === undefined || stored.spec === undefined) {
    return err({ code: 'corrupt', message: 'the record of the genesis block is missing' });
  }
  const difference = firstDifference(stored.header, stored.spec, genesis);
  if (difference === 'unreadable') return err({ code: 'corrupt', message: 'the record of the genesis is damaged' });
  if (difference !== undefined) return err({ code: 'genesis-mismatch', ...difference });
  return reopen(deps, genesis);
}

/** Writes again what damage took of the records that name the chain, if a block shows that it is this genesis' chain. */
function restoreFirstRecords({ kv }: BlockStore, genesis: BuiltGenesis): void {
  const { hash } = genesis.sealed;
  if (readHeaderRaw(kv, hash) === undefined && readCanonical(kv, 0) !== hash) return;
  for (const [name, record] of firstRecords(genesis)) {
    if (readMeta(kv, name) === undefined) writeMeta(kv, name, record);
  }
}

/** The records that name the chain and how it is stored. */
const firstRecords = ({ sealed, spec }: BuiltGenesis): readonly (readonly [MetaName, Uint8Array])[] => [
  ['schema', Uint8Array.of(SCHEMA_VERSION)],
  ['genesis', sealed.raw],
  ['spec', specRecord(spec)],
];

function create(store: BlockStore, genesis: BuiltGenesis): OpenedStore {
  const { kv } = store;
  const { sealed, state } = genesis;
  for (const [name, record] of firstRecords(genesis)) writeMeta(kv, name, record);
  writeStateNodes(kv, state.nodes);
  writeCodes(kv, state.codes);
  writeBlock(kv, genesis.records);
  writeCanonical(kv, sealed.header.number, sealed.hash, []);
  writeHead(kv, sealed.hash);
  return { head: chainHead(sealed, genesis.records.totalDifficulty), opening: { kind: 'created' } };
}

/** Goes down from the head marker to the newest block that is whole, and takes what is above out of the chain. */
function reopen(deps: StoreDeps, genesis: BuiltGenesis): Result<OpenedStore, ChainOpenError> {
  const { store } = deps;
  const from = highestNumber(store, deps.thorough);
  const mended = deps.thorough ? mendChain(deps, genesis, from) : undefined;
  for (let number = mended?.top ?? from; number >= 0; number--) {
    const head = wholeBlock(deps, number);
    if (head === undefined) continue;
    if (number === from && readHead(store.kv) === head.hash) {
      const opening = mended === undefined || mended.blocks === 0 ? 'opened' : 'mended';
      return ok({
        head,
        opening: opening === 'mended' ? { kind: opening, blocks: mended?.blocks ?? 0 } : { kind: opening },
      });
    }
    for (let above = from; above > number; above--) dropBroken(store, above);
    writeHead(store.kv, head.hash);
    return ok({ head, opening: { kind: 'rewound', from, to: number } });
  }
  return err({ code: 'corrupt', message: 'no block of the chain is whole, not even the first' });
}

/** The height of the head marker's block; without a readable marker, the end of the canonical numbers. */
function highestNumber(store: BlockStore, thorough: boolean): number {
  const marker = readHead(store.kv);
  const head = marker === undefined ? undefined : orUndefined(() => store.header(marker));
  if (head !== undefined && (thorough || store.canonicalHash(head.header.number) === marker)) return head.header.number;
  return thorough ? lastNumberBeyondGaps(store) : endOfNumbers(store);
}

function endOfNumbers(store: BlockStore): number {
  let step = 1;
  while (store.canonicalHash(step) !== undefined) step *= 2;
  let [low, high] = [0, step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (store.canonicalHash(middle) === undefined) high = middle;
    else low = middle;
  }
  return low;
}

/** Numbers lie close together in a table, so a damaged block of one takes some hundred with it. */
const MAX_GAP = 4096;

function lastNumberBeyondGaps(store: BlockStore): number {
  let last = 0;
  for (let number = 1; number <= last + MAX_GAP; number++) if (store.canonicalHash(number) !== undefined) last = number;
  return last;
}

/** The canonical block at `number` if all its records and its state are there. */
function wholeBlock(deps: StoreDeps, number: number): ChainHead | undefined {
  const { store, states } = deps;
  return orUndefined(() => {
    const hash = store.canonicalHash(number);
    const block = hash === undefined ? undefined : store.block(hash);
    if (hash === undefined || block?.header.number !== number || store.receipts(hash) === undefined) return undefined;
    const totalDifficulty = store.totalDifficulty(hash);
    const { stateRoot } = block.header;
    if (totalDifficulty === undefined || !states.has(stateRoot)) return undefined;
    return chainHead(store.headerOrFail(hash), totalDifficulty);
  });
}

/** Takes a block out of the chain and forgets it, so that it is fetched and executed again. */
function dropBroken(store: BlockStore, number: number): void {
  const hash = store.canonicalHash(number);
  const block: Block | undefined = hash === undefined ? undefined : orUndefined(() => store.block(hash));
  removeCanonical(store.kv, number, block?.transactions.map((tx) => tx.hash) ?? []);
  if (hash !== undefined) forget(store, hash);
}

function forget(store: BlockStore, hash: Hash32): void {
  deleteBlock(store.kv, hash);
  store.forget(hash);
}
