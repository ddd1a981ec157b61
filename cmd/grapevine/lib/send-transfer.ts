import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../../../src/base/brand.js';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { toHex } from '../../../src/base/hex.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { parsePrivateKey } from '../../../src/platform/datadir/node-key.js';
import { signTransaction } from '../../../src/types/sender.js';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';
import type { RpcClient } from './rpc-client.js';

/** A value transfer as a user asks for it; what is undefined is asked from the node. */
export interface TransferRequest {
  /** 64 hex digits. */
  readonly privateKey: string;
  readonly to: Address;
  /** Wei. */
  readonly value: bigint;
  readonly data?: Uint8Array;
  readonly nonce?: bigint;
  readonly tip?: bigint;
  readonly feeCap?: bigint;
  readonly gasLimit?: bigint;
}

/** The receipt's fields that the command line shows. */
export interface MinedReceipt {
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly gasUsed: string;
  readonly status: string;
}

const POLL_MS = 250;
const RECEIPT_TIMEOUT_MS = 120_000;

async function quantity(client: RpcClient, method: string, params: readonly unknown[] = []): Promise<bigint> {
  return BigInt(String(await client.call(method, params)));
}

/** Signs a type 2 transfer, sends it and returns its hash. Fees: the node's tip, and a cap of twice the base fee above it. */
export async function sendTransfer(client: RpcClient, request: TransferRequest): Promise<string> {
  const key = parsePrivateKey(request.privateKey);
  if (!key.ok) throw new CliError(ExitCode.usage, key.error, 'give the private key of the sending account');
  const from = addressOfPrivateKey(key.value);
  const data = request.data ?? EMPTY_BYTES;
  const tip = request.tip ?? (await quantity(client, 'eth_maxPriorityFeePerGas'));
  const head = (await client.call('eth_getBlockByNumber', ['latest', false])) as { readonly baseFeePerGas?: string };
  const call = { from, to: request.to, value: `0x${request.value.toString(16)}`, data: toHex(data) };
  const { raw } = signTransaction(
    {
      type: 2,
      chainId: await quantity(client, 'eth_chainId'),
      nonce: request.nonce ?? (await quantity(client, 'eth_getTransactionCount', [from, 'pending'])),
      maxPriorityFeePerGas: tip,
      maxFeePerGas: request.feeCap ?? 2n * BigInt(head.baseFeePerGas ?? '0x0') + tip,
      gasLimit: request.gasLimit ?? (await quantity(client, 'eth_estimateGas', [call])),
      to: request.to,
      value: request.value,
      data,
      accessList: [],
    },
    key.value,
  );
  return String(await client.call('eth_sendRawTransaction', [toHex(raw)]));
}

/** The receipt if there is one. Whoever sent the transaction is told of it also where the node is gone meanwhile. */
async function receiptOf(client: RpcClient, hash: string): Promise<MinedReceipt | null> {
  try {
    return (await client.call('eth_getTransactionReceipt', [hash])) as MinedReceipt | null;
  } catch (cause) {
    if (!(cause instanceof CliError)) throw cause;
    throw new CliError(cause.exitCode, `transaction ${hash} was sent, but ${cause.message}`, cause.fix);
  }
}

/** Waits until the transaction is in a block. */
export async function waitForReceipt(client: RpcClient, hash: string): Promise<MinedReceipt> {
  const deadline = Date.now() + RECEIPT_TIMEOUT_MS;
  for (;;) {
    const receipt = await receiptOf(client, hash);
    if (receipt !== null) return receipt;
    if (Date.now() > deadline) {
      throw new CliError(
        ExitCode.notReady,
        `transaction ${hash} was not mined in ${RECEIPT_TIMEOUT_MS / 1000} s`,
        'check that a miner runs ("grapevine status")',
      );
    }
    await delay(POLL_MS);
  }
}
