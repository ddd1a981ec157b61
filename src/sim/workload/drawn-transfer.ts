import type { Address } from '../../base/brand.js';
import { EMPTY_BYTES } from '../../base/bytes.js';
import { intrinsicGas } from '../../consensus/intrinsic-gas.js';
import type { Random } from '../../ports/random.js';
import type { ChainSpec } from '../../types/chain-spec.js';
import { rulesAt } from '../../types/rules.js';
import type { DynamicFeeFields } from '../../types/transaction.js';
import { logNormal } from '../distributions.js';

/** How large transfers are and what they pay. */
export interface TransferMix {
  /** Share of transfers that carry a memo. */
  readonly memoShare: number;
  /** Bytes of half of the memos, at most; the rest are longer, up to {@link memoMost}. */
  readonly memoMedian: number;
  readonly memoMost: number;
  /** Tip of half of the transfers, in wei a gas, at most. */
  readonly tipMedian: number;
}

/** Four in five are plain payments; memos are a line or two, rarely pages; tips are 1 gwei or so. */
export const USUAL_MIX: TransferMix = { memoShare: 0.2, memoMedian: 100, memoMost: 4_000, tipMedian: 1e9 };

const MEMO_SIGMA = 1;
const TIP_SIGMA = 0.7;
/** Least and most tip: what a pool takes at all, and what nobody would pay. */
const TIP_LEAST = 1e6;
const TIP_MOST = 1e12;

/** The transfer that a wallet makes: gas as needed, and a fee cap of twice the base fee and the tip, so that six full blocks in a row don't shut it out. */
export function drawTransfer(
  random: Random,
  mix: TransferMix,
  spec: ChainSpec,
  account: { readonly nonce: bigint; readonly to: Address; readonly baseFee: bigint },
): DynamicFeeFields {
  const memo = random.float() < mix.memoShare;
  const bytes = memo ? Math.min(mix.memoMost, Math.ceil(logNormal(random, mix.memoMedian, MEMO_SIGMA))) : 0;
  const tip = BigInt(Math.round(Math.min(TIP_MOST, Math.max(TIP_LEAST, logNormal(random, mix.tipMedian, TIP_SIGMA)))));
  const fields = {
    ...{ type: 2 as const, chainId: spec.chainId, nonce: account.nonce, to: account.to, value: 1n },
    maxPriorityFeePerGas: tip,
    maxFeePerGas: 2n * account.baseFee + tip,
    data: bytes === 0 ? EMPTY_BYTES : random.bytes(bytes),
    accessList: [],
    gasLimit: 0n,
  };
  return { ...fields, gasLimit: intrinsicGas(fields, rulesAt(spec, 1)) };
}
