import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { JsonRpcProvider, Wallet } from 'ethers';
import { createPublicClient, createWalletClient, defineChain, type Hex, http, parseEther, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Web3 } from 'web3';
import { devAccounts } from '../../cmd/grapevine/devnet/accounts.js';
import { eventually } from '../support/eventually.js';
import { liveDevnet } from '../support/live-devnet.js';
import { killAll } from '../support/processes.js';
import { headOf, rpcCall } from '../support/rpc-call.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const run = promisify(execFile);
const CAST = fileURLToPath(new URL('../../node_modules/.bin/cast', import.meta.url));
const accounts = devAccounts().map(({ address, privateKey }) => ({
  address: address as Hex,
  privateKey: privateKey as Hex,
}));

const devnet = liveDevnet();
let urls: string[] = [];

const chain = defineChain({
  id: 271_828,
  name: 'Grapevine devnet',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [] } },
});

function account(index: number): (typeof accounts)[number] {
  const found = accounts[index];
  if (found === undefined) throw new Error(`no account ${index}`);
  return found;
}

function url(node: number): string {
  const found = urls[node];
  if (found === undefined) throw new Error(`no node ${node}`);
  return found;
}

/** A recipient that nobody else pays. */
const recipient = (n: number): Hex => toHex(0xbeef00n + BigInt(n), { size: 20 });

interface Receipt {
  readonly transactionHash: Hex;
  readonly blockHash: Hex;
  readonly blockNumber: Hex;
  readonly from: Hex;
  readonly to: Hex;
  readonly status: Hex;
  readonly type: Hex;
  readonly gasUsed: Hex;
  readonly effectiveGasPrice: Hex;
}

const balanceAt = async (node: number, address: Hex, block: string): Promise<bigint> =>
  BigInt(await rpcCall<Hex>(url(node), 'eth_getBalance', address, block));

/** The receipt that all four nodes give, equal in every field. */
function agreedReceipt(hash: string): Promise<Receipt> {
  return eventually(`all nodes have the receipt of ${hash}`, async () => {
    const receipts = await Promise.all(
      urls.map((each) => rpcCall<Receipt | null>(each, 'eth_getTransactionReceipt', hash)),
    );
    const [first, ...others] = receipts;
    if (first == null || others.some((other) => other?.blockHash !== first.blockHash)) return undefined;
    for (const other of others) expect(other).toEqual(first);
    return first;
  });
}

/** Checks the receipt of a mined transfer, and on every node the balances of both ends before and after its block. */
async function expectTransfer(
  hash: string,
  expected: { type: Hex; from: Hex; to: Hex; value: bigint },
): Promise<Receipt> {
  const receipt = await agreedReceipt(hash);
  expect(receipt).toMatchObject({ status: '0x1', type: expected.type, from: expected.from, to: expected.to });
  const before = toHex(BigInt(receipt.blockNumber) - 1n);
  const fee = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice);
  for (const node of urls.keys()) {
    const at = (address: Hex, block: string): Promise<bigint> => balanceAt(node, address, block);
    expect((await at(expected.to, receipt.blockNumber)) - (await at(expected.to, before))).toBe(expected.value);
    expect((await at(expected.from, before)) - (await at(expected.from, receipt.blockNumber))).toBe(
      expected.value + fee,
    );
  }
  return receipt;
}

beforeAll(async () => {
  await devnet.up();
  urls = devnet.network().nodes.map((node) => node.rpcUrl);
});

afterAll(async () => {
  await devnet.remove();
  await killAll();
});

describe('transfers signed by other clients', () => {
  it.each([
    { name: 'cast, type 2', node: 0, flags: [], type: '0x2', from: 0, to: recipient(0) },
    { name: 'cast, type 0', node: 1, flags: ['--legacy'], type: '0x0', from: 1, to: recipient(1) },
  ] as const)('$name', async ({ node, flags, type, from, to }) => {
    const { address, privateKey } = account(from);
    const args = [
      'send',
      '--rpc-url',
      url(node),
      '--private-key',
      privateKey,
      to,
      '--value',
      '1ether',
      '--json',
      ...flags,
    ];
    const { stdout, stderr } = await run(CAST, args);
    // The wrapper around cast ends with 0 even where cast failed.
    expect(stderr).toBe('');
    const { transactionHash } = JSON.parse(stdout) as { transactionHash: string };
    const receipt = await expectTransfer(transactionHash, { type, from: address, to, value: parseEther('1') });
    expect(receipt.gasUsed).toBe('0x5208');
  });

  it('viem, types 2 and 1, and its wait for the receipt', async () => {
    const { address, privateKey } = account(2);
    const transport = http(url(2));
    const wallet = createWalletClient({ account: privateKeyToAccount(privateKey), chain, transport });
    const reader = createPublicClient({ chain, transport, pollingInterval: 100 });
    const value = parseEther('0.25');

    const plain = await wallet.sendTransaction({ to: recipient(2), value });
    expect((await reader.waitForTransactionReceipt({ hash: plain })).status).toBe('success');
    await expectTransfer(plain, { type: '0x2', from: address, to: recipient(2), value });

    const accessList = [{ address: recipient(9), storageKeys: [toHex(1n, { size: 32 })] }];
    const listed = await wallet.sendTransaction({ type: 'eip2930', to: recipient(3), value, accessList });
    const waited = await reader.waitForTransactionReceipt({ hash: listed });
    // EIP-2930: 2400 for the address and 1900 for the key.
    expect(waited.gasUsed).toBe(21_000n + 2_400n + 1_900n);
    await expectTransfer(listed, { type: '0x1', from: address, to: recipient(3), value });
  });

  it('viem, a memo', async () => {
    const { address, privateKey } = account(2);
    const wallet = createWalletClient({ account: privateKeyToAccount(privateKey), chain, transport: http(url(0)) });
    const data = toHex('lunch, with thanks');
    const hash = await wallet.sendTransaction({ to: recipient(4), value: 7n, data });
    const receipt = await expectTransfer(hash, { type: '0x2', from: address, to: recipient(4), value: 7n });
    // EIP-2028: 16 gas for each of the 18 bytes, none of which is zero.
    expect(BigInt(receipt.gasUsed)).toBe(21_000n + 18n * 16n);
    for (const each of urls)
      expect(await rpcCall(each, 'eth_getTransactionByHash', hash)).toMatchObject({ input: data });
  });

  it.each([
    { type: 0, node: 3, to: recipient(5) },
    { type: 1, node: 1, to: recipient(6) },
    { type: 2, node: 0, to: recipient(7) },
  ])('ethers, type $type', async ({ type, node, to }) => {
    const { address, privateKey } = account(3);
    const provider = new JsonRpcProvider(url(node), undefined, { pollingInterval: 100 });
    try {
      const wallet = new Wallet(privateKey, provider);
      const sent = await wallet.sendTransaction({ to, value: 5n, type });
      const mined = await sent.wait();
      expect(mined?.status).toBe(1);
      await expectTransfer(sent.hash, { type: toHex(type), from: address, to, value: 5n });
    } finally {
      provider.destroy();
    }
  });

  it('web3', async () => {
    const { address, privateKey } = account(4);
    const web3 = new Web3(url(3));
    web3.eth.transactionPollingInterval = 100;
    web3.eth.accounts.wallet.add(privateKey);
    const receipt = await web3.eth.sendTransaction({ from: address, to: recipient(8), value: '9' });
    await expectTransfer(String(receipt.transactionHash), { type: '0x2', from: address, to: recipient(8), value: 9n });
  });
});

describe('the pool', () => {
  const { privateKey, address } = account(5);
  const signer = privateKeyToAccount(privateKey);
  const GWEI = 10n ** 9n;

  const signed = (nonce: number, fees: { tip: bigint; cap: bigint }, value = 1n): Promise<Hex> =>
    signer.signTransaction({
      chainId: chain.id,
      type: 'eip1559',
      nonce,
      gas: 21_000n,
      to: recipient(10),
      value,
      maxPriorityFeePerGas: fees.tip,
      maxFeePerGas: fees.cap,
    });
  const send = (node: number, raw: Hex): Promise<Hex> => rpcCall<Hex>(url(node), 'eth_sendRawTransaction', raw);
  const queuedNonces = async (node: number): Promise<string[]> => {
    const content = await rpcCall<{ queued: Record<string, unknown> }>(url(node), 'txpool_contentFrom', address);
    return Object.keys(content.queued);
  };

  it('holds what follows a gap, replaces it for a tenth more, and lets it go when the gap is filled', async () => {
    const replaced = await send(0, await signed(1, { tip: 2n * GWEI, cap: 20n * GWEI }));
    expect(await queuedNonces(0)).toEqual(['1']);

    const refusals = [
      { why: 'only the cap is a tenth higher', fees: { tip: 2n * GWEI, cap: 22n * GWEI } },
      { why: 'only the tip is a tenth higher', fees: { tip: (22n * GWEI) / 10n, cap: 20n * GWEI } },
      { why: 'both are a wei short', fees: { tip: (22n * GWEI) / 10n - 1n, cap: 22n * GWEI - 1n } },
    ];
    for (const { why, fees } of refusals) {
      const refused = send(0, await signed(1, fees, 2n));
      await expect(refused, why).rejects.toMatchObject({
        code: -32003,
        message: 'replacement transaction underpriced',
      });
    }
    const replacement = await send(0, await signed(1, { tip: (22n * GWEI) / 10n, cap: 22n * GWEI }, 2n));
    await expect(send(0, await signed(1, { tip: (22n * GWEI) / 10n, cap: 22n * GWEI }, 2n))).rejects.toMatchObject({
      message: 'already known',
    });

    const first = await send(1, await signed(0, { tip: 2n * GWEI, cap: 20n * GWEI }));
    await agreedReceipt(first);
    await agreedReceipt(replacement);
    expect(await rpcCall(url(0), 'eth_getTransactionReceipt', replaced)).toBeNull();
    await expect(send(2, await signed(0, { tip: 5n * GWEI, cap: 50n * GWEI }))).rejects.toMatchObject({
      message: 'nonce too low: next nonce 2, tx nonce 0',
    });
  });

  it('keeps local transactions over a kill of the node', async () => {
    const queued = await send(3, await signed(3, { tip: 2n * GWEI, cap: 20n * GWEI }));
    expect(await queuedNonces(3)).toEqual(['3']);
    // The answer does not wait for the disk: by the next block the journal has long been written.
    const { number } = await headOf(url(3));
    await eventually('node4 has another block', async () => (await headOf(url(3))).number > number);
    process.kill(devnet.network().nodes[3]?.pid ?? 0, 'SIGKILL');
    await devnet.up();
    expect(await queuedNonces(3)).toEqual(['3']);
    await send(0, await signed(2, { tip: 2n * GWEI, cap: 20n * GWEI }));
    const receipt = await agreedReceipt(queued);
    expect(receipt.from).toBe(address);
  });
});
