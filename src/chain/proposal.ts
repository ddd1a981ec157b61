import type { Address } from '../base/brand.js';
import { EMPTY_BLOOM, ZERO_BLOCK_NONCE, ZERO_HASH } from '../base/hex.js';
import type { Result } from '../base/result.js';
import { nextBaseFee } from '../consensus/base-fee.js';
import { difficultyAfter } from '../consensus/check-header.js';
import type { RuleError } from '../consensus/rule-error.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { beginBlock } from '../state/apply-block.js';
import type { StateView } from '../state/view.js';
import type { WorldState } from '../state/world-state.js';
import { deriveRoot } from '../trie/derive-root.js';
import { EMPTY_TRIE_ROOT, EMPTY_UNCLES_HASH } from '../types/account.js';
import { type Body, encodeUncles } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Header, SealedHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import { rulesAt } from '../types/rules.js';
import type { Transaction } from '../types/transaction.js';

/** What the miner chooses in a block's header; the rest follows from the parent and the rules. */
export interface ProposalFields {
  readonly coinbase: Address;
  /** Seconds; later than the parent's. */
  readonly timestamp: number;
  readonly gasLimit: bigint;
  readonly extraData: Uint8Array;
}

/** A block under construction: valid at every moment, and complete but for its seal once finished. */
export interface Proposal {
  readonly number: number;
  readonly difficulty: bigint;
  /** Undefined before London. */
  readonly baseFeePerGas: bigint | undefined;
  gasLeft(): bigint;
  /** Executes and includes `tx`, or says which rule forbids it here and leaves the block as it was. */
  tryTransaction(tx: Transaction): Result<Receipt, RuleError>;
  /** Pays the rewards and fills in the roots. The header's mixHash and nonce are zero. Call once, last. */
  finish(uncles: readonly SealedHeader[]): ProposedBlock;
}

/** A finished proposal. */
export interface ProposedBlock {
  readonly header: Header;
  readonly body: Body;
  readonly receipts: readonly Receipt[];
  /** The state after the block; it lives in memory alone. */
  readonly state: StateView;
}

/** Starts a block on top of `parent`, whose state is stored. */
export function proposeBlock(
  states: WorldState,
  spec: ChainSpec,
  parent: SealedHeader,
  fields: ProposalFields,
): Proposal {
  const number = parent.header.number + 1;
  const rules = rulesAt(spec, number);
  const draft: Header = {
    parentHash: parent.hash,
    unclesHash: EMPTY_UNCLES_HASH,
    stateRoot: EMPTY_TRIE_ROOT,
    transactionsRoot: EMPTY_TRIE_ROOT,
    receiptsRoot: EMPTY_TRIE_ROOT,
    logsBloom: EMPTY_BLOOM,
    difficulty: difficultyAfter(parent.header, number, fields.timestamp, rules),
    number,
    gasUsed: 0n,
    mixHash: ZERO_HASH,
    nonce: ZERO_BLOCK_NONCE,
    baseFeePerGas: rules.baseFee ? nextBaseFee(parent.header) : undefined,
    ...fields,
  };
  const execution = beginBlock(states, parent.header.stateRoot, draft, spec);
  const transactions: Transaction[] = []; // BOUNDED: by the gas limit
  return {
    number,
    difficulty: draft.difficulty,
    baseFeePerGas: draft.baseFeePerGas,
    gasLeft: () => draft.gasLimit - execution.gasUsed(),
    tryTransaction(tx) {
      const result = execution.tryTransaction(tx);
      if (result.ok) transactions.push(tx);
      return result;
    },
    finish(uncles) {
      const executed = execution.finish(uncles);
      const header: Header = {
        ...draft,
        unclesHash: keccak256Hex(encodeUncles(uncles)),
        stateRoot: executed.stateRoot,
        transactionsRoot: deriveRoot(transactions.map((tx) => tx.raw)),
        receiptsRoot: executed.receiptsRoot,
        logsBloom: executed.logsBloom,
        gasUsed: executed.gasUsed,
      };
      const state = states.viewOf(executed.stateRoot, executed.state.trie);
      return { header, body: { transactions, uncles }, receipts: executed.receipts, state };
    },
  };
}
