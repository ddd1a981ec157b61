import type { Bloom, Hash32 } from '../base/brand.js';
import { EMPTY_BLOOM } from '../base/hex.js';
import { err, ok, type Result } from '../base/result.js';
import { blockRewards } from '../consensus/reward.js';
import { type RuleError, ruleError } from '../consensus/rule-error.js';
import { deriveRoot } from '../trie/derive-root.js';
import type { Block } from '../types/block.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Header, SealedHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import { rulesAt } from '../types/rules.js';
import type { Transaction } from '../types/transaction.js';
import { applyTransaction, type BlockContext, receiptOf } from './apply-transaction.js';
import { encodeReceiptsOnce } from './encode-receipts.js';
import type { DraftedState, WorldState } from './world-state.js';

/** What executing a block came to. The nodes of `state` must be stored before it is kept. */
export interface ExecutedBlock {
  readonly stateRoot: Hash32;
  readonly receiptsRoot: Hash32;
  readonly logsBloom: Bloom;
  readonly gasUsed: bigint;
  readonly receipts: readonly Receipt[];
  /** rlp([receipt, ...]) as stored and served. */
  readonly receiptsRaw: Uint8Array;
  readonly state: DraftedState;
}

/** A block while it is executed, by a validator or by a miner. */
export interface BlockExecution {
  gasUsed(): bigint;
  /** Executes `tx` next; if a rule forbids it, nothing has changed. */
  tryTransaction(tx: Transaction): Result<Receipt, RuleError>;
  /** Pays the rewards and computes the roots. Call once, last. */
  finish(uncles: readonly SealedHeader[]): ExecutedBlock;
}

/** Starts a block on top of the stored state `parentRoot`. Of `header` nothing is read that follows from execution. */
export function beginBlock(states: WorldState, parentRoot: Hash32, header: Header, spec: ChainSpec): BlockExecution {
  const context = contextOf(header, spec);
  const { rules } = context;
  const draft = states.draft(parentRoot, rules.clearEmptyAccounts);
  const receipts: Receipt[] = []; // BOUNDED: by the block's gas limit
  let gasUsed = 0n;
  return {
    gasUsed: () => gasUsed,
    tryTransaction(tx) {
      const applied = applyTransaction(draft.journal, tx, context, gasUsed);
      if (!applied.ok) return applied;
      gasUsed += applied.value;
      // EIP-658 spared later blocks this root, which costs a commit for each transaction.
      const outcome = rules.receiptStatus
        ? ({ kind: 'status', success: true } as const)
        : ({ kind: 'root', stateRoot: draft.commit().root } as const);
      const receipt = receiptOf(tx, outcome, gasUsed);
      receipts.push(receipt);
      return ok(receipt);
    },
    finish(uncles) {
      const rewards = blockRewards(header, uncles, rules.blockReward);
      for (const { address, amount } of rewards) draft.journal.credit(address, amount);
      draft.journal.settle();
      const state = draft.commit();
      const encoded = encodeReceiptsOnce(receipts);
      return {
        stateRoot: state.root,
        receiptsRoot: deriveRoot(encoded.items),
        logsBloom: EMPTY_BLOOM,
        gasUsed,
        receipts,
        receiptsRaw: encoded.list,
        state,
      };
    },
  };
}

function contextOf(header: Header, spec: ChainSpec): BlockContext {
  const { number, coinbase, gasLimit, baseFeePerGas } = header;
  return { spec, rules: rulesAt(spec, number), number, coinbase, gasLimit, baseFee: baseFeePerGas ?? 0n };
}

/**
 * Executes `block`, whose header, body roots and uncles are known to be good, on top of the stored state `parentRoot`,
 * and compares every result with the header.
 */
export function applyBlock(
  states: WorldState,
  parentRoot: Hash32,
  block: Block,
  spec: ChainSpec,
): Result<ExecutedBlock, RuleError> {
  const execution = beginBlock(states, parentRoot, block.header, spec);
  for (const [index, tx] of block.transactions.entries()) {
    const applied = execution.tryTransaction(tx);
    if (!applied.ok) return err({ ...applied.error, message: `transaction ${index}: ${applied.error.message}` });
  }
  // Before the roots, which are dear.
  if (execution.gasUsed() !== block.header.gasUsed) {
    return err(ruleError('gas-used', `${execution.gasUsed()} instead of ${block.header.gasUsed}`));
  }
  const executed = execution.finish(block.uncles);
  const broken = compare(executed, block.header);
  return broken === undefined ? ok(executed) : err(broken);
}

function compare(executed: ExecutedBlock, header: Header): RuleError | undefined {
  if (executed.logsBloom !== header.logsBloom) return ruleError('logs-bloom');
  if (executed.receiptsRoot !== header.receiptsRoot) return ruleError('receipts-root', executed.receiptsRoot);
  return executed.stateRoot === header.stateRoot ? undefined : ruleError('state-root', executed.stateRoot);
}
