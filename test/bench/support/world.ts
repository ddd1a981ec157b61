import { writeFileSync } from 'node:fs';
import type { Address } from '../../../src/base/brand.js';
import { bigIntToFixedBytes, EMPTY_BYTES } from '../../../src/base/bytes.js';
import { toAddress, toHex } from '../../../src/base/hex.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { FORK_NAMES } from '../../../src/types/chain-spec.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { cachedFile } from './scratch.js';

/** Change it when what the cached files hold changes. */
export const CACHE_VERSION = 1;
const CHAIN_ID = 1337;
const GWEI = 10n ** 9n;

/** The private key of the `n`th funded account. */
export const keyOf = (n: number): Uint8Array => bigIntToFixedBytes(BigInt(n) + 1n, 32);

/** The address of the `n`th recipient, who has nothing at first and no key. */
export const recipient = (n: number): Address => toAddress(bigIntToFixedBytes(2n ** 100n + BigInt(n), 20));

/** The gas limit of most genesis files: 1,428 transfers fill a block. */
export const GAS_LIMIT = 30_000_000;

/** A London genesis of the least difficulty in which `accounts` accounts have 1000 ether each, as a file. */
export function genesisFile(accounts: number, gasLimit = GAS_LIMIT): string {
  const name = gasLimit === GAS_LIMIT ? `genesis-${accounts}.json` : `genesis-${accounts}-${gasLimit}.json`;
  return cachedFile(name, CACHE_VERSION, (path) => {
    const balance = `0x${(1000n * 10n ** 18n).toString(16)}`;
    const funded = Array.from({ length: accounts }, (_, n) => [addressOfPrivateKey(keyOf(n)), { balance }]);
    const genesis = {
      config: { chainId: CHAIN_ID, ...Object.fromEntries(FORK_NAMES.map((name) => [`${name}Block`, 0])), ethash: {} },
      nonce: '0x0000000000000042',
      timestamp: '0x0',
      extraData: '0x',
      gasLimit: `0x${gasLimit.toString(16)}`,
      difficulty: '0x20000',
      mixHash: `0x${'00'.repeat(32)}`,
      coinbase: `0x${'00'.repeat(20)}`,
      baseFeePerGas: '0x3b9aca00',
      alloc: Object.fromEntries(funded),
    };
    writeFileSync(path, JSON.stringify(genesis));
  });
}

/** Enough for the first blocks of a chain, and below what a node takes over RPC for a slip of the finger. */
const LOW_FEE_CAP = 100n * GWEI;
/** Full blocks raise the base fee by an eighth each: enough for a hundred of them, from 1 gwei up. */
export const HIGH_FEE_CAP = 1_000_000n * GWEI;

/** A type 2 transfer of 1 gwei from a funded account. */
export function transfer(from: number, nonce: number, to: Address, feeCap = LOW_FEE_CAP): Transaction {
  return signTransaction(
    {
      type: 2,
      chainId: BigInt(CHAIN_ID),
      nonce: BigInt(nonce),
      maxPriorityFeePerGas: GWEI,
      maxFeePerGas: feeCap,
      gasLimit: 21_000n,
      to,
      value: GWEI,
      data: EMPTY_BYTES,
      accessList: [],
    },
    keyOf(from),
  );
}

/** The parameters of eth_sendRawTransaction for `count` transfers, round robin from `accounts` accounts. */
export function rawTransfers(accounts: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    toHex(transfer(n % accounts, Math.floor(n / accounts), recipient(n % 5_000)).raw),
  );
}
