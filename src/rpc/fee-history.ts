import type { Header } from '../types/header.js';
import type { RpcChain } from './backend.js';
import { serverError } from './errors.js';
import type { Json } from './json.js';
import type { PaidTip, PaidTips } from './paid-tips.js';
import { type Decode, kindOf, ParamError, wrongKind } from './param.js';
import type { BlockRef } from './param-block.js';
import { quantity } from './quantity.js';
import { mustFindHeader } from './resolve.js';

/** Blocks and percentiles in one answer: geth's limits. */
const MAX_BLOCKS = 1024;
const MAX_PERCENTILES = 100;
/** Transactions that one call decodes for their tips, to the end of a block: some tenths of a second at most. */
const MAX_TRANSACTIONS = 5_000;

/** A JSON array of numbers. */
export const percentiles: Decode<readonly number[]> = (json) => {
  if (!Array.isArray(json)) throw wrongKind(kindOf(json), '[]float64');
  if (json.length > MAX_PERCENTILES) throw new ParamError(`over the query limit ${MAX_PERCENTILES}`);
  return json.map((item: unknown) => {
    if (typeof item !== 'number') throw wrongKind(kindOf(item), 'float64');
    return item;
  });
};

function checkPercentiles(asked: readonly number[]): void {
  const hint = 'percentiles are numbers from 0 to 100 in rising order';
  asked.forEach((percentile, i) => {
    if (!(percentile >= 0 && percentile <= 100))
      throw serverError(`invalid reward percentile: ${percentile.toFixed(6)}`, hint);
    const before = asked[i - 1];
    if (before !== undefined && percentile <= before)
      throw serverError(
        `invalid reward percentile: #${i - 1}:${before.toFixed(6)} >= #${i}:${percentile.toFixed(6)}`,
        hint,
      );
  });
}

/** The tips at the `asked` percentiles of gas used in a block; zeros for an empty one. */
function rewards(gasUsed: bigint, paid: readonly PaidTip[], asked: readonly number[]): string[] {
  let at = 0;
  return asked.map((percentile) => {
    const threshold = BigInt(Math.floor((Number(gasUsed) * percentile) / 100));
    while (at < paid.length - 1 && (paid[at]?.gasUpTo ?? 0n) < threshold) at++;
    return quantity(paid[at]?.tip ?? 0n);
  });
}

interface Row {
  readonly header: Header;
  /** Undefined if no percentiles are asked for. */
  readonly reward: string[] | undefined;
}

/**
 * The rows of the canonical blocks from `newest` down to `oldest`, newest first. With percentiles they end early, after one at
 * least, where more would have to be decoded than one call may cost.
 */
function rowsDown(
  chain: RpcChain,
  tips: PaidTips,
  newest: number,
  oldest: number,
  asked: readonly number[] | undefined,
): Row[] {
  const rows: Row[] = []; // BOUNDED: by MAX_BLOCKS, the span of the numbers
  let decoded = 0;
  for (let number = newest; number >= oldest; number--) {
    const { hash, header } = mustFindHeader(chain, { kind: 'number', number });
    if (asked === undefined) {
      rows.push({ header, reward: undefined });
      continue;
    }
    let paid = tips.known(hash);
    if (paid === undefined) {
      if (decoded >= MAX_TRANSACTIONS) break;
      const read = tips.read(hash);
      decoded += read.transactions;
      paid = read.paid;
    }
    rows.push({ header, reward: rewards(header.gasUsed, paid, asked) });
  }
  return rows;
}

/**
 * `eth_feeHistory`: base fees, fullness and paid tips of up to `count` blocks that end with `newest`. With percentiles there
 * may be fewer, the newest ones; the same call goes further the next time, since `tips` keeps what was read.
 */
export function feeHistory(
  chain: RpcChain,
  tips: PaidTips,
  count: number,
  newest: BlockRef,
  asked: readonly number[] | undefined,
): Json {
  if (asked !== undefined) checkPercentiles(asked);
  const head = chain.head().header.number;
  if (newest.kind === 'number' && newest.number > head)
    throw serverError(`request beyond head block: requested ${newest.number}, head ${head}`, 'ask for `latest`');
  const last = mustFindHeader(chain, newest).header;
  const blocks = Math.min(count, MAX_BLOCKS, last.number + 1);
  if (blocks < 1) return { oldestBlock: '0x0', baseFeePerGas: [], gasUsedRatio: [] };
  const withRewards = asked !== undefined && asked.length > 0 ? asked : undefined;
  const rows = rowsDown(chain, tips, last.number, last.number + 1 - blocks, withRewards).reverse();
  return {
    oldestBlock: quantity(last.number + 1 - rows.length),
    ...(withRewards === undefined ? {} : { reward: rows.map(({ reward }) => reward ?? []) }),
    baseFeePerGas: [
      ...rows.map(({ header }) => quantity(header.baseFeePerGas ?? 0n)),
      quantity(chain.nextBaseFee(last) ?? 0n),
    ],
    gasUsedRatio: rows.map(({ header }) => Number(header.gasUsed) / Number(header.gasLimit)),
  };
}
