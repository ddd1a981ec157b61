import type { RpcBackend } from './backend.js';
import { feeHistory, percentiles } from './fee-history.js';
import type { GasOracle } from './gas-oracle.js';
import { type Method, method } from './method.js';
import { createPaidTips } from './paid-tips.js';
import { optional, required } from './param.js';
import { blockNumber } from './param-block.js';
import { lenientUint } from './param-values.js';
import { quantity } from './quantity.js';

/** What a place in a block costs. */
export function ethFeeMethods({ chain }: RpcBackend, oracle: GasOracle): readonly Method[] {
  const tips = createPaidTips(chain);
  const nextBaseFee = (): bigint => chain.nextBaseFee(chain.head().header) ?? 0n;
  // Enough for the next block, and for eth_estimateGas, which asks for the base fee of the head.
  const safeBaseFee = (): bigint => {
    const current = chain.head().header.baseFeePerGas ?? 0n;
    const next = nextBaseFee();
    return next > current ? next : current;
  };
  return [
    method('eth_gasPrice', [], () => quantity(safeBaseFee() + oracle.tip())),
    method('eth_maxPriorityFeePerGas', [], () => quantity(oracle.tip())),
    method('eth_baseFee', [], () => quantity(nextBaseFee())),
    method(
      'eth_feeHistory',
      [
        required('Block count', lenientUint),
        required('Newest block', blockNumber),
        optional('Percentiles', percentiles),
      ],
      (_, count, newest, asked) => feeHistory(chain, tips, count, newest, asked),
    ),
  ];
}
