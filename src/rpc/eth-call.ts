import type { RpcBackend } from './backend.js';
import { type CallRequest, callRequest, checkCallRequest, noOverrides } from './call-request.js';
import { fillTransaction } from './fill-transaction.js';
import type { GasOracle } from './gas-oracle.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { type BlockRef, blockRef, LATEST } from './param-block.js';
import { quantity } from './quantity.js';
import { mustFindHeader, mustFindState } from './resolve.js';
import { checkTransfer } from './transfer-check.js';

/** What a transaction would do, asked without sending it. A transfer returns nothing and takes a known amount of gas. */
export function ethCallMethods(backend: RpcBackend, oracle: GasOracle): readonly Method[] {
  const { chain } = backend;
  const transaction = required('Transaction', callRequest);
  const block = optional('Block', blockRef);
  const stateOverrides = optional('State overrides', noOverrides);
  const blockOverrides = optional('Block overrides', noOverrides);

  function gasOf(request: CallRequest, ref: BlockRef): bigint {
    checkCallRequest(request, chain.chainId);
    return checkTransfer(chain, mustFindState(chain, ref), mustFindHeader(chain, ref), request);
  }

  return [
    method('eth_call', [transaction, block, stateOverrides, blockOverrides], (_, request, ref = LATEST) => {
      gasOf(request, ref);
      return '0x';
    }),
    method('eth_estimateGas', [transaction, block, stateOverrides, blockOverrides], (_, request, ref = LATEST) =>
      quantity(gasOf(request, ref)),
    ),
    method('eth_fillTransaction', [transaction], (_, request) => fillTransaction(backend, oracle, request)),
  ];
}
