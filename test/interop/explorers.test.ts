import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { devAccount, signedTransfer } from '../support/devnet-transfer.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode, TEST_ETHERBASE } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { type Members, replay } from '../support/replay.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/;
const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const NONCE = /^0x[0-9a-f]{16}$/;
const BYTES = /^0x([0-9a-f]{2})*$/;
const like = (pattern: RegExp) => expect.stringMatching(pattern);
const RECIPIENT = '0x00000000000000000000000000000000000c0de0';
const TWO_ETHER = '0x1bc16d674ec80000';

interface Block {
  readonly hash: string;
  readonly transactions: readonly Members[];
}

interface Details {
  readonly block: { readonly hash: string };
  readonly issuance: { readonly issuance: string };
  readonly totalFees: string;
}

interface Page {
  readonly txs: readonly Members[];
  readonly receipts: readonly Members[];
}

const sender = devAccount(2);
const from = sender.address.toLowerCase();
let node: LiveNode;
/** A mined transfer, and the number of its block. */
let hash: string;
let height: number;

beforeAll(async () => {
  node = await startNode({ args: [...MINE, '--http.api', 'eth,net,web3,txpool,ots', '--nodiscover'] });
  hash = await node.call<string>('eth_sendRawTransaction', await signedTransfer(sender, 0));
  const receipt = await eventually('the transfer is in a block', async () => {
    const found = await node.call<{ blockNumber: string } | null>('eth_getTransactionReceipt', hash);
    return found ?? undefined;
  });
  height = Number(receipt.blockNumber);
});

afterAll(async () => {
  await node?.stop();
  await killAll();
});

describe("Blockscout's indexer", () => {
  // Elixir writes the members of a map in the order of the alphabet; ids count from 0 in each batch.
  const call = (id: number, method: string, params: readonly unknown[]) => ({ id, jsonrpc: '2.0', method, params });
  const text = (...calls: readonly (readonly [method: string, ...params: unknown[]])[]): string =>
    JSON.stringify(calls.map(([method, ...params], id) => call(id, method, params)));
  const one = (method: string, ...params: readonly unknown[]): string => JSON.stringify(call(0, method, params));
  const indexer = () =>
    replay(node.url, { 'content-type': 'application/json', 'user-agent': 'Blockscout/9.0.0', accept: '*/*' });

  it('finds its place in the chain', async () => {
    expect(await indexer().send('{"id":0,"jsonrpc":"2.0","method":"eth_blockNumber","params":[]}')).toMatch(QUANTITY);
    expect(await indexer().send(one('net_version'))).toBe('271828');
    expect(await indexer().send(one('web3_clientVersion'))).toMatch(/^Grapevine\//);
    expect((await indexer().send<Members>(one('eth_getBlockByNumber', 'latest', false))).number).toMatch(QUANTITY);
  });

  it('imports blocks with their transactions and receipts', async () => {
    const number = `0x${height.toString(16)}`;
    const [genesis, block] = await indexer().send<[Block, Block]>(
      text(['eth_getBlockByNumber', '0x0', true], ['eth_getBlockByNumber', number, true]),
    );
    expect(genesis).toMatchObject({ number: '0x0', transactions: [], uncles: [], totalDifficulty: like(QUANTITY) });
    expect(block).toMatchObject({
      baseFeePerGas: like(QUANTITY),
      difficulty: like(QUANTITY),
      extraData: like(BYTES),
      gasLimit: '0x1c9c380',
      gasUsed: '0x5208',
      hash: like(HASH),
      logsBloom: `0x${'00'.repeat(256)}`,
      miner: TEST_ETHERBASE,
      mixHash: like(HASH),
      nonce: like(NONCE),
      number,
      parentHash: like(HASH),
      receiptsRoot: like(HASH),
      sha3Uncles: like(HASH),
      size: like(QUANTITY),
      stateRoot: like(HASH),
      timestamp: like(QUANTITY),
      totalDifficulty: like(QUANTITY),
      transactionsRoot: like(HASH),
      uncles: [],
    });
    expect(block.transactions).toEqual([
      expect.objectContaining({
        blockHash: block.hash,
        blockNumber: number,
        from,
        gas: '0x5208',
        gasPrice: like(QUANTITY),
        hash,
        input: '0x',
        maxFeePerGas: '0x174876e800',
        maxPriorityFeePerGas: '0x3b9aca00',
        nonce: '0x0',
        r: like(QUANTITY),
        s: like(QUANTITY),
        to: RECIPIENT,
        transactionIndex: '0x0',
        type: '0x2',
        v: like(/^0x[01]$/),
        value: '0x1',
      }),
    ]);
    const [receipt, uncle, ...balances] = await indexer().send<[{ effectiveGasPrice: string }, null, ...string[]]>(
      text(
        ['eth_getTransactionReceipt', hash],
        ['eth_getUncleByBlockHashAndIndex', block.hash, '0x0'],
        ['eth_getBalance', from, number],
        ['eth_getBalance', RECIPIENT, number],
        ['eth_getBalance', RECIPIENT, `0x${(height - 1).toString(16)}`],
      ),
    );
    expect(receipt).toMatchObject({
      blockHash: block.hash,
      blockNumber: number,
      contractAddress: null,
      cumulativeGasUsed: '0x5208',
      effectiveGasPrice: block.transactions[0]?.gasPrice,
      gasUsed: '0x5208',
      logs: [],
      status: '0x1',
      transactionHash: hash,
      transactionIndex: '0x0',
    });
    expect(uncle).toBeNull();
    const spent = 10n ** 22n - 1n - 21_000n * BigInt(receipt.effectiveGasPrice);
    expect(balances).toEqual([`0x${spent.toString(16)}`, '0x1', '0x0']);
    const byHash = await indexer().send(text(['eth_getBlockByHash', block.hash, true]));
    expect(byHash).toEqual([block]);
    const inBlock = await indexer().send(one('eth_getTransactionByBlockHashAndIndex', block.hash, '0x0'));
    expect(inBlock).toEqual(block.transactions[0]);
  });

  it('looks for code, logs and calls, and finds none', async () => {
    const number = `0x${height.toString(16)}`;
    expect(await indexer().send(text(['eth_getCode', RECIPIENT, 'latest']))).toEqual(['0x']);
    expect(await indexer().send(one('eth_getLogs', { fromBlock: '0x0', toBlock: number, topics: [] }))).toEqual([]);
    await expect(indexer().send(text(['eth_call', { data: '0x06fdde03', to: RECIPIENT }, 'latest']))).resolves.toEqual([
      '0x',
    ]);
  });

  it('reads what waits in the pool', async () => {
    const raw = await signedTransfer(sender, 7);
    await node.call('eth_sendRawTransaction', raw);
    const content = await indexer().send<{ pending: object; queued: object }>(
      '{"id":1,"jsonrpc":"2.0","method":"txpool_content","params":[]}',
    );
    expect(content.pending).toEqual({});
    expect(content.queued).toEqual({
      [from]: {
        7: expect.objectContaining({
          blockHash: null,
          blockNumber: null,
          from,
          gas: '0x5208',
          gasPrice: like(QUANTITY),
          hash: like(HASH),
          input: '0x',
          nonce: '0x7',
          to: RECIPIENT,
          transactionIndex: null,
          value: '0x1',
        }),
      },
    });
  });
});

describe('Otterscan', () => {
  let id = 1;
  const otterscan = () => replay(node.url, { 'content-type': 'application/json' });
  // Numbers of blocks are JSON numbers wherever its own methods take them.
  const ask = <T = string>(method: string, ...params: readonly unknown[]) =>
    otterscan().send<T>(JSON.stringify({ method, params, id: id++, jsonrpc: '2.0' }));

  it('probes the node', async () => {
    // ethers joins what is asked in the same moment.
    const [chainId, number, header, level] = await otterscan().send<[string, string, Members, number]>(
      '[{"method":"eth_chainId","params":[],"id":1,"jsonrpc":"2.0"},' +
        '{"method":"eth_blockNumber","params":[],"id":2,"jsonrpc":"2.0"},' +
        '{"method":"erigon_getHeaderByNumber","params":[0],"id":3,"jsonrpc":"2.0"},' +
        '{"method":"ots_getApiLevel","params":[],"id":4,"jsonrpc":"2.0"}]',
    );
    expect(chainId).toBe('0x425d4');
    expect(number).toMatch(QUANTITY);
    expect(header).toMatchObject({ number: '0x0', hash: like(HASH), timestamp: like(QUANTITY) });
    expect(level).toBeGreaterThanOrEqual(8);
    expect((await ask<Members>('erigon_getHeaderByNumber', 'latest')).number).toMatch(QUANTITY);
  });

  it('shows a block', async () => {
    const { block, issuance, totalFees } = await ask<Details>('ots_getBlockDetails', height);
    expect(block).toMatchObject({
      number: `0x${height.toString(16)}`,
      transactionCount: 1,
      size: like(QUANTITY),
      sha3Uncles: like(HASH),
      stateRoot: like(HASH),
      totalDifficulty: like(QUANTITY),
      miner: like(ADDRESS),
      gasUsed: '0x5208',
      logsBloom: null,
    });
    expect(issuance).toEqual({ blockReward: TWO_ETHER, uncleReward: '0x0', issuance: TWO_ETHER });
    expect(BigInt(totalFees)).toBe(21_000n * 10n ** 9n);
    expect(await ask('ots_getBlockDetailsByHash', block.hash)).toEqual({ block, issuance, totalFees });
    expect((await ask<Details>('ots_getBlockDetails', 0)).issuance.issuance).toBe('0x0');

    const page = await ask<{ fullblock: { transactionCount: number; transactions: Members[] }; receipts: Members[] }>(
      'ots_getBlockTransactions',
      height,
      0,
      25,
    );
    expect(page.fullblock.transactionCount).toBe(1);
    expect(page.fullblock.transactions).toMatchObject([{ hash, type: '0x2', value: '0x1', from, to: RECIPIENT }]);
    expect(page.receipts).toMatchObject([{ gasUsed: '0x5208', status: '0x1', contractAddress: null }]);
  });

  it('shows a transaction', async () => {
    expect(await ask('ots_traceTransaction', hash)).toEqual([
      { type: 'CALL', depth: 0, from, to: RECIPIENT, value: '0x1', input: '0x', output: '0x' },
    ]);
    expect(await ask('ots_getInternalOperations', hash)).toEqual([]);
    expect(await ask('ots_getTransactionError', hash)).toBe('0x');
    expect(await ask('ots_getTransactionBySenderAndNonce', sender.address, 0)).toBe(hash);
    expect(await ask('ots_getTransactionBySenderAndNonce', sender.address, 1)).toBeNull();
  });

  it.each([
    { of: 'the sender', address: from },
    { of: 'the recipient', address: RECIPIENT },
  ])('shows the history of $of', async ({ address }) => {
    expect(await ask('ots_hasCode', address, 'latest')).toBe(false);
    expect(await ask('ots_getContractCreator', address)).toBeNull();
    const first = await ask<Page>('ots_searchTransactionsBefore', address, 0, 25);
    expect(first).toMatchObject({ firstPage: true, lastPage: true, txs: [{ hash, blockNumber: like(QUANTITY) }] });
    const { timestamp } = await ask<{ timestamp: string }>('erigon_getHeaderByNumber', height);
    expect(first.receipts).toMatchObject([
      { transactionHash: hash, gasUsed: '0x5208', status: '0x1', timestamp: Number(timestamp) },
    ]);
    expect(await ask('ots_searchTransactionsAfter', address, 0, 25)).toEqual(first);
    expect(await ask('ots_searchTransactionsBefore', address, height, 25)).toEqual({
      txs: [],
      receipts: [],
      firstPage: false,
      lastPage: true,
    });
    expect((await ask<Page>('ots_searchTransactionsAfter', address, height, 25)).txs).toEqual([]);
  });
});
