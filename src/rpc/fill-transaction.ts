import { toHex, ZERO_ADDRESS } from '../base/hex.js';
import type { Transaction, UnsignedTransaction } from '../types/transaction.js';
import { withSignature } from '../types/transaction-codec.js';
import type { RpcBackend } from './backend.js';
import type { CallRequest } from './call-request.js';
import { checkCallRequest } from './call-request.js';
import { serverError } from './errors.js';
import type { GasOracle } from './gas-oracle.js';
import type { Json } from './json.js';
import { LATEST } from './param-block.js';
import { mustFindState } from './resolve.js';
import { checkTransfer } from './transfer-check.js';
import { transactionView } from './view-transaction.js';

/** A block may raise the base fee by an eighth: twice today's lasts for about six full blocks. */
const BASE_FEE_MARGIN = 2n;

/** `request` with every price that it leaves open, by the oracle and the next base fee; legacy only where asked for. */
function withPrices({ chain }: RpcBackend, oracle: GasOracle, request: CallRequest): CallRequest {
  const baseFee = chain.nextBaseFee(chain.head().header);
  if (request.gasPrice !== undefined) {
    if (request.gasPrice === 0n && baseFee !== undefined)
      throw serverError('gasPrice must be non-zero after london fork', 'ask eth_gasPrice for a price');
    return request;
  }
  if (baseFee === undefined) return { ...request, gasPrice: oracle.tip() };
  const maxPriorityFeePerGas = request.maxPriorityFeePerGas ?? oracle.tip();
  const maxFeePerGas = request.maxFeePerGas ?? maxPriorityFeePerGas + BASE_FEE_MARGIN * baseFee;
  if (request.maxPriorityFeePerGas === undefined && maxPriorityFeePerGas > maxFeePerGas)
    return { ...request, maxFeePerGas, maxPriorityFeePerGas: maxFeePerGas };
  return { ...request, maxFeePerGas, maxPriorityFeePerGas };
}

function toTransaction(request: CallRequest, chainId: bigint): UnsignedTransaction {
  const common = {
    chainId,
    nonce: request.nonce ?? 0n,
    gasLimit: request.gas ?? 0n,
    to: request.to ?? null,
    value: request.value,
    data: request.data,
  };
  if (request.gasPrice === undefined)
    return {
      ...common,
      type: 2,
      maxFeePerGas: request.maxFeePerGas ?? 0n,
      maxPriorityFeePerGas: request.maxPriorityFeePerGas ?? 0n,
      accessList: request.accessList ?? [],
    };
  if (request.accessList === undefined) return { ...common, type: 0, gasPrice: request.gasPrice };
  return { ...common, type: 1, gasPrice: request.gasPrice, accessList: request.accessList };
}

/**
 * `eth_fillTransaction`: the transaction that a wallet would sign, checked as the pool will check it. The signature is
 * all zeros, both in `raw` and in `tx`.
 */
export function fillTransaction(backend: RpcBackend, oracle: GasOracle, request: CallRequest): Json {
  const { chain, pool } = backend;
  checkCallRequest(request, chain.chainId);
  const from = request.from ?? ZERO_ADDRESS;
  const priced = withPrices(backend, oracle, request);
  const needed = checkTransfer(chain, mustFindState(chain, LATEST), chain.head(), priced);
  const filled = { ...priced, gas: priced.gas ?? needed, nonce: priced.nonce ?? pool.nextNonce(from) };
  const unsigned: Transaction = withSignature(toTransaction(filled, chain.chainId), { r: 0n, s: 0n, yParity: 0 });
  const view = transactionView(unsigned, undefined);
  return {
    raw: toHex(unsigned.raw),
    tx: { ...view, from },
  };
}
