import type { Block } from '../types/block.js';
import { effectiveTip } from '../types/transaction.js';
import type { RpcChain } from './backend.js';
import { serverError } from './errors.js';
import { compare } from './gas-oracle.js';
import type { Json } from './json.js';
import { type Decode, kindOf, ParamError, wrongKind } from './param.js';
import type { BlockRef } from './param-block.js';
import { quantity } from './quantity.js';
import { findBlock, mustFindHeader, mustFindReceipts } from './resolve.js';

/** Blocks and percentiles in one answer: geth's limits. */
const MAX_BLOCKS = 1024;
const MAX_PERCENTILES = 100;

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

/** The tips at the `asked` percentiles of gas used in `block`, cheapest first; zeros for an empty block. */
function rewards(chain: RpcChain, block: Block, asked: readonly number[]): Json {
  const receipts = mustFindReceipts(chain, block.hash);
  const baseFee = block.header.baseFeePerGas ?? 0n;
  const paid = block.transactions
    .map((transaction, i) => ({
      tip: effectiveTip(transaction, baseFee),
      gas: (receipts[i]?.cumulativeGasUsed ?? 0n) - (receipts[i - 1]?.cumulativeGasUsed ?? 0n),
    }))
    .sort((a, b) => compare(a.tip, b.tip));
  const first = paid[0];
  if (first === undefined) return asked.map(() => '0x0');
  let at = 0;
  let sum = first.gas;
  return asked.map((percentile) => {
    const threshold = BigInt(Math.floor((Number(block.header.gasUsed) * percentile) / 100));
    while (sum < threshold && at < paid.length - 1) sum += paid[++at]?.gas ?? 0n;
    return quantity(paid[at]?.tip ?? 0n);
  });
}

/** `eth_feeHistory`: base fees, fullness and paid tips of up to `count` blocks that end with `newest`. */
export function feeHistory(
  chain: RpcChain,
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
  const oldest = last.number + 1 - blocks;
  const withRewards = asked !== undefined && asked.length > 0 ? asked : undefined;
  const baseFees: string[] = [];
  const ratios: number[] = [];
  const paid: Json[] = [];
  for (let number = oldest; number <= last.number; number++) {
    const { header } = mustFindHeader(chain, { kind: 'number', number });
    baseFees.push(quantity(header.baseFeePerGas ?? 0n));
    ratios.push(Number(header.gasUsed) / Number(header.gasLimit));
    const block = withRewards === undefined ? undefined : findBlock(chain, { kind: 'number', number });
    if (block !== undefined) paid.push(rewards(chain, block, withRewards ?? []));
  }
  baseFees.push(quantity(chain.nextBaseFee(last) ?? 0n));
  return {
    oldestBlock: quantity(oldest),
    ...(withRewards === undefined ? {} : { reward: paid }),
    baseFeePerGas: baseFees,
    gasUsedRatio: ratios,
  };
}
