import type { Address, BlockNonce, Hash32 } from '../base/brand.js';
import { toHash32 } from '../base/hex.js';
import type { Chain } from '../chain/chain.js';
import { difficultyAfter } from '../consensus/check-header.js';
import { gasLimitToward } from '../consensus/gas-limit.js';
import { sealTarget } from '../consensus/pow.js';
import type { StateView } from '../state/view.js';
import type { TxPool } from '../txpool/pool.js';
import { type Block, type Body, makeBlock } from '../types/block.js';
import { MAX_UNCLES, TRANSACTION_GAS } from '../types/body-room.js';
import { type Header, type SealedHeader, sealHash, sealHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import { rulesAt } from '../types/rules.js';
import type { Transaction } from '../types/transaction.js';
import { blockTimestamp } from './block-time.js';

/** What a miner wants in its block. */
export interface TemplateRequest {
  readonly coinbase: Address;
  /** At most 32 bytes. */
  readonly extraData: Uint8Array;
  /** The gas limit that blocks move towards, by less than 1/1024 each. */
  readonly gasTarget: bigint;
  readonly nowSec: number;
}

/** A block that lacks only its seal. */
export interface Template {
  readonly parent: SealedHeader;
  readonly header: Header;
  readonly body: Body;
  readonly receipts: readonly Receipt[];
  /** The state after it. */
  readonly state: StateView;
  /** keccak256 of the header without mixHash and nonce, in 32 bytes and as hex. */
  readonly sealHash: Uint8Array;
  readonly sealHashHex: Hash32;
  /** The greatest digest that seals it. */
  readonly target: bigint;
  /** True if no other transaction fits. */
  readonly full: boolean;
  /** `TxPool.revision` when its transactions were chosen. */
  readonly poolRevision: number;
}

/** What building reads of the chain. */
export type TemplateChain = Pick<Chain, 'spec' | 'head' | 'propose' | 'uncleCandidates'>;

/** A template on its way: executing a full block takes longer than a step should. */
export interface TemplateBuilder {
  /** Tries at most `limit` more transactions; the template once there are no more. Call until then. */
  build(limit: number): Template | undefined;
}

/**
 * Bytes of transactions in a block, as the limit of EIP-7934 leaves them: whatever the gas limit is, the block must fit in a
 * message of 10 MiB, else nobody could fetch it.
 */
const MAX_TRANSACTION_BYTES = 8 * 1024 * 1024;
/** No transaction is smaller: a signature and a recipient alone have 84 bytes. */
const MIN_TRANSACTION_BYTES = 84;
/** Candidates beyond what fits, in place of those that turn out not to. */
const SPARE_CANDIDATES = 64;

/** Begins a block on the head with the pool's best transactions; undefined if the head's state is not there. */
export function startTemplate(
  chain: TemplateChain,
  pool: Pick<TxPool, 'best' | 'revision'>,
  request: TemplateRequest,
): TemplateBuilder | undefined {
  const { hash, header, raw } = chain.head();
  const rules = rulesAt(chain.spec, header.number + 1);
  const gasLimit = gasLimitToward(request.gasTarget, header, rules.baseFee);
  const { coinbase, extraData } = request;
  const timestamp = blockTimestamp(header.timestamp, request.nowSec, chain.spec);
  const proposal = chain.propose(hash, { coinbase, timestamp, gasLimit, extraData });
  if (proposal === undefined) return undefined;
  const poolRevision = pool.revision();
  const most = Number(gasLimit / TRANSACTION_GAS) + SPARE_CANDIDATES;
  const candidates = bestOf(pool, proposal.baseFeePerGas ?? 0n, most);
  const skipped = new Set<Address | undefined>(); // BOUNDED: by the candidates
  let next = 0;
  let bytesLeft = MAX_TRANSACTION_BYTES;
  const hasRoom = (): boolean => proposal.gasLeft() >= TRANSACTION_GAS && bytesLeft >= MIN_TRANSACTION_BYTES;

  return {
    build(limit) {
      const end = Math.min(candidates.length, next + limit);
      for (; next < end && hasRoom(); next++) {
        const tx = candidates[next] as Transaction;
        if (skipped.has(tx.sender)) continue;
        if (tx.raw.length <= bytesLeft && proposal.tryTransaction(tx).ok) bytesLeft -= tx.raw.length;
        else skipped.add(tx.sender);
      }
      if (next < candidates.length && hasRoom()) return undefined;
      const uncles = chain.uncleCandidates(hash).slice(0, MAX_UNCLES);
      const proposed = proposal.finish(uncles);
      return {
        parent: { hash, header, raw },
        header: proposed.header,
        body: proposed.body,
        receipts: proposed.receipts,
        state: proposed.state,
        ...sealFields(proposed.header),
        full: !hasRoom(),
        poolRevision,
      };
    },
  };
}

/** A whole template at once. */
export function buildTemplate(
  chain: TemplateChain,
  pool: Pick<TxPool, 'best' | 'revision'>,
  request: TemplateRequest,
): Template | undefined {
  return startTemplate(chain, pool, request)?.build(Number.POSITIVE_INFINITY);
}

/** The template with the time of `nowSec` and the difficulty that goes with it; itself if those stay. No state depends on them. */
export function restampTemplate(chain: Pick<Chain, 'spec'>, template: Template, nowSec: number): Template {
  const parent = template.parent.header;
  const timestamp = blockTimestamp(parent.timestamp, nowSec, chain.spec);
  if (timestamp === template.header.timestamp) return template;
  const { number } = template.header;
  const difficulty = difficultyAfter(parent, number, timestamp, rulesAt(chain.spec, number));
  const header = { ...template.header, timestamp, difficulty };
  return { ...template, header, ...sealFields(header) };
}

/** The template with its seal: a block to be imported and announced. The seal is not checked. */
export function completeTemplate(template: Template, nonce: BlockNonce, mixHash: Hash32): Block {
  return makeBlock(sealHeader({ ...template.header, nonce, mixHash }), template.body);
}

function sealFields(header: Header): Pick<Template, 'sealHash' | 'sealHashHex' | 'target'> {
  const hash = sealHash(header);
  return { sealHash: hash, sealHashHex: toHash32(hash), target: sealTarget(header.difficulty) };
}

function bestOf(pool: Pick<TxPool, 'best'>, baseFee: bigint, limit: number): Transaction[] {
  const best = pool.best(baseFee);
  const transactions: Transaction[] = [];
  for (let tx = best.peek(); tx !== undefined && transactions.length < limit; tx = best.peek()) {
    transactions.push(tx);
    best.take();
  }
  return transactions;
}
