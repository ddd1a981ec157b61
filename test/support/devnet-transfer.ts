import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { devAccounts } from '../../cmd/grapevine/devnet/accounts.js';

const GWEI = 10n ** 9n;

/** The `n`th account that the devnet's genesis funds, as viem signs with it. */
export function devAccount(n: number): PrivateKeyAccount {
  const found = devAccounts()[n];
  if (found === undefined) throw new Error(`no account ${n}`);
  return privateKeyToAccount(found.privateKey as `0x${string}`);
}

/** A signed transfer of 1 wei on the devnet's chain that any block takes. */
export function signedTransfer(from: PrivateKeyAccount, nonce: number): Promise<`0x${string}`> {
  return from.signTransaction({
    chainId: 271_828,
    type: 'eip1559',
    nonce,
    gas: 21_000n,
    to: '0x00000000000000000000000000000000000c0de0',
    value: 1n,
    maxPriorityFeePerGas: GWEI,
    maxFeePerGas: 100n * GWEI,
  });
}
