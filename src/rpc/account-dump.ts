import type { Hash32 } from '../base/brand.js';
import type { RpcState } from './backend.js';
import type { Json } from './json.js';

/** Accounts in one answer: geth's limit. */
export const MAX_DUMPED = 256;

/**
 * Up to `limit` accounts of a state from the hashed address `from` on, in geth's form. The trie keeps no addresses, so
 * each stands under `pre(keccak256 of its address)`, as geth has it where it lacks the preimage. `next` is where the
 * rest begins.
 */
export function accountDump(root: Hash32, state: RpcState, from: Hash32, limit: number): Json {
  const accounts: { [key: string]: Json } = {};
  let shown = 0;
  for (const [key, account] of state.accounts(from)) {
    if (shown++ === limit) return { root, accounts, next: key };
    accounts[`pre(${key})`] = {
      balance: account.balance.toString(),
      nonce: Number(account.nonce),
      root: account.storageRoot,
      codeHash: account.codeHash,
      key,
    };
  }
  return { root, accounts };
}
