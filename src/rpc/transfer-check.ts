import type { Address } from '../base/brand.js';
import { ZERO_ADDRESS } from '../base/hex.js';
import { EMPTY_CODE_HASH } from '../types/account.js';
import type { SealedHeader } from '../types/header.js';
import type { UnsignedTransaction } from '../types/transaction.js';
import type { RpcChain, RpcState } from './backend.js';
import type { CallRequest } from './call-request.js';
import { ErrorCode, RpcError } from './errors.js';
import { rejected } from './reject.js';

/** The precompiles of London live at 0x01 to 0x09. */
const LAST_PRECOMPILE = 9n;

/** The unsigned transaction that a request comes to, with what it leaves open filled in by neutral values. */
export function sketch(request: CallRequest, to: Address, chainId: bigint): UnsignedTransaction {
  const common = {
    nonce: request.nonce ?? 0n,
    gasLimit: request.gas ?? 0n,
    to,
    value: request.value,
    data: request.data,
  };
  if (request.accessList === undefined) return { ...common, type: 0, chainId, gasPrice: request.gasPrice ?? 0n };
  return { ...common, type: 1, chainId, gasPrice: request.gasPrice ?? 0n, accessList: request.accessList };
}

/** The recipient, which must be an account that runs nothing. */
function recipient(request: CallRequest, state: RpcState): Address {
  const { to } = request;
  const runs =
    to === undefined ||
    (BigInt(to) <= LAST_PRECOMPILE && to !== ZERO_ADDRESS) ||
    (state.account(to)?.codeHash ?? EMPTY_CODE_HASH) !== EMPTY_CODE_HASH;
  if (to === undefined || runs)
    throw rejected(
      'contract execution is not supported on this chain (value transfers only)',
      'contract-execution',
      'send to an account without code; creations and precompiles are refused',
    );
  return to;
}

function checkPrice(request: CallRequest, from: Address, baseFee: bigint): bigint {
  const cap = request.gasPrice ?? request.maxFeePerGas ?? 0n;
  const tip = request.maxPriorityFeePerGas ?? 0n;
  if (request.maxFeePerGas !== undefined && tip > cap)
    throw rejected(
      `max priority fee per gas higher than max fee per gas, address ${from}, maxPriorityFeePerGas: ${tip}, maxFeePerGas: ${cap}`,
      'tip-above-cap',
      'raise maxFeePerGas or lower maxPriorityFeePerGas',
    );
  if (cap > 0n && cap < baseFee)
    throw rejected(
      `max fee per gas less than block base fee: address ${from}, maxFeePerGas: ${cap}, baseFee: ${baseFee}`,
      'fee-cap-below-base-fee',
      `offer at least the base fee of ${baseFee} wei a gas`,
      { baseFee: baseFee.toString() },
    );
  return cap;
}

/**
 * Checks a sketched transfer against `state`, the state after `block`, as the pool would check the signed one, and
 * returns the gas that it takes. Prices of zero are not checked: callers leave them out to ask about the transfer alone.
 */
export function checkTransfer(chain: RpcChain, state: RpcState, block: SealedHeader, request: CallRequest): bigint {
  const from = request.from ?? ZERO_ADDRESS;
  const to = recipient(request, state);
  const needed = chain.intrinsicGas(sketch(request, to, chain.chainId), block.header);
  if (request.gas !== undefined && request.gas < needed)
    throw rejected(
      `intrinsic gas too low: gas ${request.gas}, minimum needed ${needed}`,
      'intrinsic-gas',
      `set the gas limit to ${needed}`,
      { minimumGas: needed.toString() },
    );
  const price = checkPrice(request, from, block.header.baseFeePerGas ?? 0n);
  const balance = state.account(from)?.balance ?? 0n;
  const cost = request.value + price * needed;
  if (cost > balance)
    throw new RpcError(
      ErrorCode.server,
      `insufficient funds for gas * price + value: balance ${balance}, tx cost ${cost}, overshot ${cost - balance}`,
      'lower value or fees, or fund the sender',
      { rule: 'insufficient-funds', code: 809 },
    );
  return needed;
}
