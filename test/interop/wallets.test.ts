import { toHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { devAccount } from '../support/devnet-transfer.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { type Members, type Replay, replay } from '../support/replay.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CHAIN_ID = 271_828;
const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/;
const HASH = /^0x[0-9a-f]{64}$/;
const RECIPIENT = '0x000000000000000000000000000000000000be7a';

let node: LiveNode;

beforeAll(async () => {
  node = await startNode({ args: [...MINE, '--http.api', 'eth,net,web3,txpool', '--nodiscover'] });
});

afterAll(async () => {
  await node?.stop();
  await killAll();
});

/** What wallets calculate with. */
interface Receipt {
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
}

/** One wallet's way to ask. */
interface Questions {
  readonly client: Replay;
  /** The text of a request as the wallet writes it; without `params` where it leaves them out. */
  text(method: string, params?: readonly unknown[]): string;
}

const height = ({ client, text }: Questions): Promise<string> => client.send(text('eth_blockNumber', []));

describe('MetaMask', () => {
  const account = devAccount(0);
  // Ids count up from a random number with 53 bits; keys in the order of the extension's fetch middleware.
  let id = 5_183_046_114_300_000;
  const metamask = (): Questions => ({
    client: replay(node.url, {
      accept: 'application/json',
      'content-type': 'application/json',
      origin: 'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn',
    }),
    text: (method, params) => JSON.stringify({ id: id++, jsonrpc: '2.0', method, ...(params && { params }) }),
  });

  it('adds the network', async () => {
    const wallet = metamask();
    // The form that adds a network asks with a text for an id; it compares the answer with what the user typed.
    expect(await wallet.client.send('{"id":"1767225600123","jsonrpc":"2.0","method":"eth_chainId","params":[]}')).toBe(
      toHex(CHAIN_ID),
    );
    expect(await wallet.client.send(wallet.text('eth_chainId'))).toBe(toHex(CHAIN_ID));
    expect(await wallet.client.send(wallet.text('net_version'))).toBe(String(CHAIN_ID));
    const latest = await wallet.client.send<Members>(wallet.text('eth_getBlockByNumber', ['latest', false]));
    // There is a base fee: MetaMask sends transactions of type 2.
    expect(latest.baseFeePerGas).toMatch(QUANTITY);
    const number = await height(wallet);
    expect(number).toMatch(QUANTITY);
    expect(await wallet.client.send(wallet.text('eth_getBalance', [account.address.toLowerCase(), number]))).toMatch(
      QUANTITY,
    );
  });

  it('sends and tracks a transfer', async () => {
    const wallet = metamask();
    const ask = <T = string>(method: string, params?: readonly unknown[]) =>
      wallet.client.send<T>(wallet.text(method, params));
    const from = account.address.toLowerCase();

    const start = await height(wallet);
    expect(await ask('eth_getCode', [RECIPIENT, start])).toBe('0x');
    const { gasLimit, baseFeePerGas } = await ask<{ gasLimit: string; baseFeePerGas: string }>('eth_getBlockByNumber', [
      start,
      false,
    ]);
    expect(Number(gasLimit)).toBe(30_000_000);
    const gas = await ask('eth_estimateGas', [{ from, to: RECIPIENT, value: '0xde0b6b3a7640000', type: '0x2' }]);
    expect(gas).toBe('0x5208');
    const gasPrice = await ask('eth_gasPrice');
    // Base fees of empty blocks fall: the price is that of a block which may be newer than the one just read.
    expect(BigInt(gasPrice)).toBeGreaterThan((BigInt(baseFeePerGas) * 5n) / 10n);
    const history = await ask<{ baseFeePerGas: string[] }>('eth_feeHistory', ['0x5', start, [10, 20, 30]]);
    expect(history.baseFeePerGas.at(-1)).toMatch(QUANTITY);
    const nonce = await ask('eth_getTransactionCount', [from, start]);
    expect(nonce).toBe('0x0');
    const before = BigInt(await ask('eth_getBalance', [from, start]));

    const raw = await account.signTransaction({
      chainId: CHAIN_ID,
      type: 'eip1559',
      nonce: Number(nonce),
      gas: BigInt(gas),
      // Where nobody estimates fees for it, one price is both caps.
      maxFeePerGas: BigInt(gasPrice),
      maxPriorityFeePerGas: BigInt(gasPrice),
      to: RECIPIENT,
      value: 10n ** 18n,
    });
    const hash = await ask('eth_sendRawTransaction', [raw]);
    expect(hash).toMatch(HASH);

    // Until there is a receipt it looks at the nonce, and whether the node still knows the transaction.
    const receipt = await eventually('the transfer is in a block', async () => {
      const found = await ask<Receipt | null>('eth_getTransactionReceipt', [hash]);
      if (found !== null) return found;
      expect(await ask('eth_getTransactionCount', [from, await height(wallet)])).toMatch(/^0x[01]$/);
      expect(await ask('eth_getTransactionByHash', [hash])).toMatchObject({ hash, from, nonce: '0x0', to: RECIPIENT });
      return undefined;
    });
    expect(receipt).toMatchObject({
      transactionHash: hash,
      status: '0x1',
      type: '0x2',
      from,
      to: RECIPIENT,
      contractAddress: null,
      gasUsed: '0x5208',
      cumulativeGasUsed: '0x5208',
      transactionIndex: '0x0',
      logs: [],
      logsBloom: `0x${'00'.repeat(256)}`,
      blockHash: expect.stringMatching(HASH),
      blockNumber: expect.stringMatching(QUANTITY),
      effectiveGasPrice: expect.stringMatching(QUANTITY),
    });
    const block = await ask<Members>('eth_getBlockByHash', [receipt.blockHash, false]);
    expect(block).toMatchObject({
      number: receipt.blockNumber,
      hash: receipt.blockHash,
      transactions: [hash],
      baseFeePerGas: expect.stringMatching(QUANTITY),
      timestamp: expect.stringMatching(QUANTITY),
    });
    expect(receipt.effectiveGasPrice).toBe(gasPrice);

    const end = await eventually('the wallet sees the block', async () => {
      const number = await height(wallet);
      return BigInt(number) >= BigInt(receipt.blockNumber) ? number : undefined;
    });
    const paid = 10n ** 18n + BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice);
    expect(before - BigInt(await ask('eth_getBalance', [from, end]))).toBe(paid);
    expect(await ask('eth_getTransactionCount', [from, end])).toBe('0x1');
  });

  it('reads the errors of a transfer that can not be', async () => {
    const wallet = metamask();
    const raw = await account.signTransaction({
      chainId: CHAIN_ID,
      type: 'eip1559',
      nonce: 0,
      gas: 21_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
      to: RECIPIENT,
      value: 1n,
    });
    await expect(wallet.client.send(wallet.text('eth_sendRawTransaction', [raw]))).rejects.toThrow(
      /"code":-32003,"message":"nonce too low: next nonce 1, tx nonce 0"/,
    );
  });
});

describe('Rabby', () => {
  const account = devAccount(1);
  let id = 0;
  const rabby = (): Questions => ({
    client: replay(node.url, { 'content-type': 'application/json' }),
    text: (method, params) => JSON.stringify({ jsonrpc: '2.0', id: ++id, method, ...(params && { params }) }),
  });

  it('adds the network and sends a legacy transfer', async () => {
    const wallet = rabby();
    const ask = <T = string>(method: string, params?: readonly unknown[]) =>
      wallet.client.send<T>(wallet.text(method, params));
    const from = account.address.toLowerCase();
    expect(await wallet.client.send('{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}')).toBe(toHex(CHAIN_ID));

    // Custom networks have no fee market there: the price is one number.
    const gasPrice = await ask('eth_gasPrice');
    const nonce = await ask('eth_getTransactionCount', [from, 'latest']);
    const request = { chainId: CHAIN_ID, from, to: RECIPIENT, value: '0x1', data: '0x', nonce, gasPrice };
    const { chainId: _, ...asked } = request;
    expect(await ask('eth_estimateGas', [asked])).toBe('0x5208');
    expect(await ask('eth_getBlockByNumber', ['latest', false])).toMatchObject({
      gasLimit: expect.stringMatching(QUANTITY),
    });
    const raw = await account.signTransaction({
      chainId: CHAIN_ID,
      type: 'legacy',
      nonce: Number(nonce),
      gas: 21_000n,
      gasPrice: BigInt(gasPrice),
      to: RECIPIENT,
      value: 1n,
    });
    const hash = await ask('eth_sendRawTransaction', [raw]);
    const receipt = await eventually(
      'the transfer is in a block',
      async () => (await ask<Receipt | null>('eth_getTransactionReceipt', [hash])) ?? undefined,
    );
    expect(receipt).toMatchObject({ status: '0x1', type: '0x0', effectiveGasPrice: gasPrice, from, to: RECIPIENT });
    expect(await ask('eth_getTransactionByHash', [hash])).toMatchObject({
      blockHash: receipt.blockHash,
      gasPrice,
      type: '0x0',
      chainId: toHex(CHAIN_ID),
    });
    expect(await ask('eth_getTransactionCount', [from, 'pending'])).toBe('0x1');
  });
});
