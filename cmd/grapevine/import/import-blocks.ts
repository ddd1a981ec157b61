import type { BlockOutcome } from '../../../src/chain/chain.js';
import { RULES, type RuleCode } from '../../../src/consensus/rule-error.js';
import type { OpenDatadir } from '../../../src/platform/datadir/open.js';
import type { RecoverWorkers } from '../../../src/platform/workers/recover-workers.js';
import type { Block } from '../../../src/types/block.js';
import { writeChain } from '../lib/chain-writes.js';
import type { FileBlock } from './block-file.js';

/** What became of one block of the file. */
export interface BlockReport {
  /** Null where it can't be decoded. */
  readonly number: number | null;
  readonly hash: string | null;
  readonly status: 'imported' | 'known' | 'invalid';
  /** The rule that it breaks, and the same for people. */
  readonly rule?: RuleCode | 'unknown-parent';
  readonly reason?: string;
  readonly transactions: number;
}

/** Transactions whose senders are recovered ahead of the import; they keep the other core busy and bound the memory. */
const LOOKAHEAD_TRANSACTIONS = 16_384;
/** The same where blocks are empty. */
const LOOKAHEAD_BLOCKS = 512;
/** Blocks whose changes are written as one batch: fewer, larger writes than at the head of the chain. */
const WRITE_EVERY_BLOCKS = 16;
const WRITE_EVERY_TRANSACTIONS = 4_000;

interface Ahead {
  readonly item: FileBlock;
  readonly recovered: Promise<void>;
  readonly transactions: number;
}

function reportOf(block: Block, outcome: BlockOutcome): BlockReport {
  const named = { number: block.header.number, hash: block.hash, transactions: block.transactions.length };
  switch (outcome.kind) {
    case 'head':
    case 'side':
      return { ...named, status: 'imported' };
    case 'known':
      return { ...named, status: 'known' };
    case 'orphan':
      return { ...named, ...invalid('unknown-parent', `${outcome.missingParent} is not in the chain`) };
    case 'future':
      return { ...named, ...invalid('header-future', RULES['header-future']) };
    case 'invalid':
      return { ...named, ...invalid(outcome.error.code, outcome.error.message) };
  }
}

function invalid(rule: NonNullable<BlockReport['rule']>, message: string) {
  return { status: 'invalid', rule, reason: `${rule}: ${message}` } as const;
}

/**
 * Imports `blocks` in order and yields what became of each. Senders are recovered ahead on another thread and batches
 * are written behind; when the generator ends (or is ended), everything imported is on disk.
 */
export async function* importBlocks(
  datadir: OpenDatadir,
  recoverers: RecoverWorkers,
  blocks: AsyncIterable<FileBlock>,
): AsyncGenerator<BlockReport> {
  const source = blocks[Symbol.asyncIterator]();
  // BOUNDED: by the two LOOKAHEAD limits.
  const ahead: Ahead[] = [];
  let aheadTransactions = 0;
  let exhausted = false;
  let unwrittenBlocks = 0;
  let unwrittenTransactions = 0;
  let writing: Promise<void> = Promise.resolve();

  async function fill(): Promise<void> {
    while (!exhausted && ahead.length < LOOKAHEAD_BLOCKS && aheadTransactions < LOOKAHEAD_TRANSACTIONS) {
      const next = await source.next();
      if (next.done === true) {
        exhausted = true;
        return;
      }
      const item = next.value;
      const list = item.kind === 'block' ? item.block.transactions : [];
      const transactions = list.length;
      aheadTransactions += transactions;
      ahead.push({
        item,
        transactions,
        recovered: transactions === 0 ? Promise.resolve() : recoverers.recoverSenders(list),
      });
    }
  }

  async function writeBehind(transactions: number): Promise<void> {
    unwrittenBlocks++;
    unwrittenTransactions += transactions;
    if (unwrittenBlocks < WRITE_EVERY_BLOCKS && unwrittenTransactions < WRITE_EVERY_TRANSACTIONS) return;
    unwrittenBlocks = 0;
    unwrittenTransactions = 0;
    // At most one batch is under way: what is not written is held in memory.
    await writing;
    writing = writeChain(datadir, false);
    // Whoever awaits it learns of a failure; until then Node must not take it for one that nobody handles.
    writing.catch(() => undefined);
  }

  try {
    for (;;) {
      await fill();
      const next = ahead.shift();
      if (next === undefined) return;
      aheadTransactions -= next.transactions;
      if (next.item.kind === 'undecodable') {
        const named = next.item.named ?? { number: null, hash: null };
        yield { ...named, ...invalid('block-undecodable', next.item.reason), transactions: 0 };
        continue;
      }
      await next.recovered;
      const outcome = datadir.chain.importBlock(next.item.block, Math.floor(Date.now() / 1000));
      await writeBehind(next.transactions);
      yield reportOf(next.item.block, outcome);
    }
  } finally {
    await writing;
    await writeChain(datadir, true);
  }
}
