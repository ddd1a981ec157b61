import type { Hash32 } from '../base/brand.js';
import type { RpcAddResult } from './backend.js';
import { ErrorCode, RpcError } from './errors.js';

/** Numbers of the draft error groups of execution-apis, by the name of the rule that was broken. */
const GROUPS: ReadonlyMap<string, number> = new Map([
  ['nonce-too-low', 1],
  ['insufficient-funds', 809],
  ['known', 1000],
  ['invalid-sender', 1001],
]);

/** The error of a transaction that the node does not take. `rule` is the broken rule's name. */
export function rejected(
  message: string,
  rule: string,
  hint: string,
  details: Readonly<Record<string, string>> = {},
): RpcError {
  const group = GROUPS.get(rule);
  return new RpcError(ErrorCode.rejected, message, hint, {
    ...details,
    rule,
    ...(group === undefined ? {} : { code: group }),
  });
}

/** The hash of a transaction that the pool took, or the error of its refusal. */
export function accepted(result: RpcAddResult, hash: Hash32): Hash32 {
  if (result.kind === 'added') return hash;
  if (result.kind === 'known')
    throw rejected('already known', 'known', 'the transaction waits in the pool: watch eth_getTransactionReceipt');
  const { hint, ...details } = result.data;
  throw rejected(result.message, result.code, hint, details);
}
