import type { Reorg } from '../chain/chain.js';
import type { RuleError } from '../consensus/rule-error.js';
import type { Log } from '../ports/log.js';
import type { Block } from '../types/block.js';

/** One line for a block that became the head; at debug level while thousands go by in a sync. */
export function logHead(log: Log, block: Block, nowMs: number, syncing: boolean): void {
  const { number, gasUsed, timestamp } = block.header;
  log.log(syncing ? 'debug' : 'info', 'chain', 'Imported block', {
    number,
    hash: block.hash,
    txs: block.transactions.length,
    uncles: block.uncles.length,
    gas: gasUsed,
    age: `${Math.max(0, Math.round(nowMs / 1000 - timestamp))}s`,
  });
}

/** A warning that the canonical chain lost blocks; extending it is no reorg. */
export function logDropped(log: Log, reorg: Reorg): void {
  if (reorg.depth === 0) return;
  log.log('warn', 'chain', 'Chain reorganised', {
    depth: reorg.depth,
    common: reorg.common,
    dropped: reorg.dropped.at(-1)?.hash,
    head: reorg.added.at(-1)?.hash,
    returnedTxs: reorg.returning.length,
  });
}

/** A block that broke a rule, by the rule's name. */
export function logRefused(log: Log, block: Block, error: RuleError): void {
  log.log('warn', 'chain', 'Refused block', {
    number: block.header.number,
    hash: block.hash,
    rule: error.code,
    detail: error.message,
  });
}
