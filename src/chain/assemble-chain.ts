import type { Hash32 } from '../base/brand.js';
import { bodyRootsOf, checkBodyRoots } from '../consensus/check-body.js';
import { checkHeader } from '../consensus/check-header.js';
import { checkSeal } from '../consensus/pow.js';
import type { RuleError } from '../consensus/rule-error.js';
import type { WorldState } from '../state/world-state.js';
import { type ChainSpec, forkBlocksOf } from '../types/chain-spec.js';
import { checkForkId, forkIdAt } from '../types/fork-id.js';
import type { SealedHeader } from '../types/header.js';
import type { BlockStore } from './block-store.js';
import type { Chain, ChainOpening, ChainTip, ChainVerdict } from './chain.js';
import type { Importer } from './import-block.js';
import { proposeBlock } from './proposal.js';

/** The parts of an open chain. */
export interface ChainParts {
  readonly store: BlockStore;
  readonly states: WorldState;
  readonly spec: ChainSpec;
  readonly importer: Importer;
  readonly checkSeals: boolean;
  readonly genesisHash: Hash32;
  readonly opening: ChainOpening;
}

/** The chain that these parts make; decides nothing itself. */
export function assembleChain(parts: ChainParts): Chain {
  const { store, states, spec, importer, checkSeals, genesisHash, opening } = parts;
  const forkBlocks = forkBlocksOf(spec);

  function byNumber<T>(number: number, read: (hash: Hash32) => T | undefined): T | undefined {
    const hash = store.canonicalHash(number);
    return hash === undefined ? undefined : read(hash);
  }

  function tipOf({ hash, header: { number } }: SealedHeader): ChainTip {
    return { hash, number, totalDifficulty: store.workOf(hash), canonical: store.canonicalHash(number) === hash };
  }

  return {
    spec,
    genesisHash,
    opening,
    head: () => importer.head,
    headerByHash: (hash) => store.header(hash),
    headerByNumber: (number) => byNumber(number, (hash) => store.header(hash)),
    canonicalHash: (number) => store.canonicalHash(number),
    blockByHash: (hash) => store.block(hash),
    peekBlock: (hash) => store.peekBlock(hash),
    blockByNumber: (number) => byNumber(number, (hash) => store.block(hash)),
    bodyRaw: (hash) => store.bodyRaw(hash),
    receiptsRaw: (hash) => store.receiptsRaw(hash),
    receiptsOf: (hash) => store.receipts(hash),
    totalDifficulty: (hash) => store.totalDifficulty(hash),
    hasBlock: (hash) => importer.hasBlock(hash),
    isInvalid: (hash) => importer.invalid.errorOf(hash) !== undefined,
    transactionLocation: (hash) => store.transactionLocation(hash),
    stateAt: (root) => states.view(root),
    forkId: () => forkIdAt(genesisHash, forkBlocks, importer.head.header.number),
    forkIdMismatch: (remote) => checkForkId(genesisHash, forkBlocks, importer.head.header.number, remote),
    checkHeader: (header, parent, nowSec) => verdict(checkHeader(header, parent, spec, nowSec, { seal: checkSeals })),
    checkSeal: (header) => verdict(checkSeals ? checkSeal(header.header) : undefined),
    checkBody: (header, body) => verdict(checkBodyRoots(header.header, body)),
    bodyRoots: bodyRootsOf,
    importBlock: (block, nowSec) => importer.importBlock(block, nowSec),
    propose(parentHash, fields) {
      const parent = importer.hasBlock(parentHash) ? store.header(parentHash) : undefined;
      return parent === undefined ? undefined : proposeBlock(states, spec, parent, fields);
    },
    uncleCandidates: (parentHash) => importer.forks.uncleCandidates(parentHash, importer.ancestor, spec),
    setHead(number) {
      const hash = number < importer.head.header.number ? store.canonicalHash(number) : undefined;
      return hash === undefined ? undefined : importer.moveHeadTo(hash).reorg;
    },
    tips: () => importer.forks.tips().map(tipOf),
    badBlocks: () => importer.invalid.list(),
    orphanCount: () => importer.orphans.size,
    takeBatch: () => store.kv.takeBatch(),
    markWritten: () => store.kv.markWritten(),
  };
}

function verdict(broken: RuleError | undefined): ChainVerdict {
  return broken === undefined ? { ok: true } : { ok: false, code: broken.code };
}
