import { err, ok, type Result } from '../base/result.js';
import type { KvReader } from '../ports/kv.js';
import { WorldState } from '../state/world-state.js';
import { Overlay } from '../store/overlay.js';
import { readCode, readStateNode } from '../store/records.js';
import type { Genesis } from '../types/genesis-file.js';
import { assembleChain } from './assemble-chain.js';
import { BlockStore } from './block-store.js';
import type { Chain } from './chain.js';
import { buildGenesis } from './genesis.js';
import { Importer } from './import-block.js';
import { type ChainOpenError, openStore } from './open-store.js';

/** What a chain is made of. The store must apply the chain's batches in order, each as a whole. */
export interface ChainDeps {
  readonly kv: KvReader;
  readonly genesis: Genesis;
}

/** How a chain behaves. */
export interface ChainConfig {
  /** Accepts any seal: for tests, never for a public network. */
  readonly fakePow: boolean;
  /** Looks at every block and the whole head state, and makes good what can be: for a database that was damaged. */
  readonly thorough?: boolean;
}

/**
 * Opens the chain in `kv`, or starts it from `genesis` if the store is empty; what there is to write waits for
 * `takeBatch`. A head whose records or state are incomplete goes back to the newest block that is whole.
 */
export function openChain(deps: ChainDeps, config: ChainConfig): Result<Chain, ChainOpenError> {
  const { spec } = deps.genesis;
  const kv = new Overlay(deps.kv);
  const store = new BlockStore(kv);
  const states = new WorldState({ node: (hash) => readStateNode(kv, hash), code: (hash) => readCode(kv, hash) });
  const genesis = buildGenesis(deps.genesis);
  const opened = openStore({ store, states, thorough: config.thorough ?? false }, genesis);
  if (!opened.ok) return err(opened.error);
  const { head, opening } = opened.value;
  const checkSeals = !config.fakePow;
  const importer = new Importer({ store, states, spec, checkSeals }, head);
  return ok(assembleChain({ store, states, spec, importer, checkSeals, genesisHash: genesis.sealed.hash, opening }));
}
