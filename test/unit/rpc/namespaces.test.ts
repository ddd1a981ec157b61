import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/hex.js';
import { RESULTS } from '../../../src/rpc/schema/results.js';
import { DEFAULT_HTTP_NAMESPACES, NAMESPACES, type Namespace } from '../../../src/rpc/service.js';
import { COINBASE, CONTRACT } from '../../support/rpc-chain.js';
import { failureOf } from '../../support/rpc-failure.js';
import { account, createRpcWorld, NOW_MS, PEER, transfer } from '../../support/rpc-world.js';

const ENODE = `enode://${'ab'.repeat(64)}@10.0.0.2:30303`;

describe('small answers', () => {
  it.each([
    ['eth_chainId', [], '0x425d4'],
    ['eth_blockNumber', [], '0x4'],
    ['eth_syncing', [], false],
    ['eth_accounts', [], []],
    ['eth_protocolVersion', [], '0x44'],
    ['eth_mining', [], false],
    ['eth_hashrate', [], '0x4d2'],
    ['eth_submitHashrate', ['0x1', `0x${'11'.repeat(32)}`], true],
    ['net_version', [], '271828'],
    ['net_listening', [], true],
    ['net_peerCount', [], '0x1'],
    ['web3_clientVersion', [], 'Grapevine/v0.1.0/test'],
    ['web3_sha3', ['0x68656c6c6f20776f726c64'], '0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad'],
    ['admin_datadir', [], '/data'],
    ['admin_addPeer', [ENODE], true],
    ['admin_removePeer', [ENODE], true],
    ['admin_addTrustedPeer', [ENODE], true],
    ['admin_removeTrustedPeer', [ENODE], true],
    ['admin_bannedPeers', [], []],
    ['admin_clearTxpool', [], 0],
    ['miner_stop', [], null],
    ['miner_getHashrate', [], '0x4d2'],
    ['miner_setExtra', ['hello'], true],
    ['miner_setGasPrice', ['0x1'], true],
    ['miner_setGasLimit', ['0x1c9c380'], true],
    ['miner_setMaxHashrate', [1000], true],
    ['miner_setMaxHashrate', [null], true],
    ['admin_exportChain', ['/tmp/chain.rlp', 1, '0x2'], true],
    ['admin_importChain', ['/tmp/chain.rlp'], true],
    ['admin_stopHTTP', [], true],
    ['admin_startWS', ['127.0.0.1', 8546, '*', 'eth, net'], true],
    ['admin_stopWS', [], true],
    ['debug_dbGet', ['0x6801'], '0x6801'],
    ['debug_dbGet', ['mhead'], '0x6d68656164'],
    ['debug_chaindbProperty', [], 'Compactions'],
    ['debug_chaindbProperty', ['leveldb.unknown'], ''],
    ['debug_chaindbCompact', [], null],
    ['debug_verbosity', [3], null],
    ['debug_verbosity', ['net=debug'], null],
    ['debug_memStats', [], { rss: 1 }],
    ['debug_stacks', [], '1 TCPServerWrap\n'],
    ['erigon_getHeaderByNumber', [99], null],
    ['ots_getTransactionBySenderAndNonce', [account(0), 99], null],
    ['txpool_status', [], { pending: '0x0', queued: '0x0' }],
    ['ots_getApiLevel', [], 8],
    ['ots_hasCode', [CONTRACT, 'latest'], true],
    ['ots_hasCode', [account(0), 'latest'], false],
    ['ots_getContractCreator', [CONTRACT], null],
    ['ots_getInternalOperations', [`0x${'11'.repeat(32)}`], []],
    ['ots_traceTransaction', [`0x${'11'.repeat(32)}`], null],
  ])('%s(%j) is %j', (method, params, result) => {
    expect(createRpcWorld().call(method, ...params)).toEqual(result);
  });

  it.each([
    ['eth_coinbase', [], -32000, 'etherbase must be explicitly specified'],
    ['eth_getWork', [], -32000, 'no mining work available yet'],
    [
      'eth_submitWork',
      ['0x01', `0x${'11'.repeat(32)}`, `0x${'11'.repeat(32)}`],
      -32602,
      'invalid argument 0: hex string has length 2, want 16 for types.BlockNonce',
    ],
    ['admin_addPeer', ['10.0.0.1'], -32000, 'invalid enode: no enode:// prefix'],
    ['admin_unbanPeer', ['10.0.0.1'], -32000, 'not banned'],
    ['miner_start', [], -32000, 'etherbase missing'],
    ['miner_start', [0], -32602, 'invalid argument 0: want 1 to 256 threads'],
    ['miner_start', [257], -32602, 'invalid argument 0: want 1 to 256 threads'],
    [
      'miner_setExtra',
      ['0xzz'],
      -32602,
      'invalid argument 0: json: cannot unmarshal invalid hex string into Go value of type hexutil.Bytes',
    ],
    ['miner_setMaxHashrate', [0], -32602, 'invalid argument 0: want at least 1 hash a second, or null for no limit'],
    ['admin_exportChain', ['bad'], -32000, 'it is bad'],
    ['admin_importChain', ['bad'], -32000, 'it is bad'],
    ['admin_startHTTP', [], -32000, 'HTTP server already running on 127.0.0.1:8545'],
    ['debug_dbGet', [''], -32000, 'leveldb: not found'],
    ['debug_verbosity', ['bad'], -32000, 'it is bad'],
    ['debug_verbosity', [6], -32602, 'invalid argument 0: want a level from 0 to 5, or a filter like net=debug,*=info'],
    ['debug_dumpBlock', ['0x99'], -32000, 'header not found'],
    ['debug_accountRange', ['latest', `0x${'00'.repeat(33)}`], -32602, 'invalid argument 1: want at most 32 bytes'],
    ['miner_setExtra', ['x'.repeat(33)], -32000, 'extra exceeds max length. 33 > 32'],
  ])('%s(%j) is refused', (method, params, code, message) => {
    expect(failureOf(() => createRpcWorld().call(method, ...params))).toMatchObject({
      code,
      message,
      data: { hint: expect.any(String) },
    });
  });
});

describe('mining', () => {
  it('hands out work and takes solutions', () => {
    const { call } = createRpcWorld();
    expect(call('miner_setEtherbase', COINBASE)).toBe(true);
    expect(call('eth_coinbase')).toBe(COINBASE);
    expect(call('miner_start', 2)).toBeNull();
    expect(call('eth_mining')).toBe(true);
    expect(call('eth_getWork')).toEqual([
      `0x${'01'.repeat(32)}`,
      `0x${'00'.repeat(32)}`,
      `0x${'02'.repeat(32)}`,
      '0x6',
    ]);
    expect(call('eth_submitWork', '0x0000000000000001', `0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`)).toBe(true);
  });
});

describe('admin', () => {
  it('shows peers and itself as geth does, with score and ban list beside', () => {
    const { call } = createRpcWorld();
    expect(call('admin_peers')).toMatchObject([
      {
        id: PEER.nodeId.slice(2),
        enode: PEER.enode,
        caps: ['eth/67', 'eth/68'],
        network: { inbound: false, static: true, trusted: false },
        protocols: { eth: { version: 68, difficulty: (1n << 70n).toString() } },
        score: 12,
      },
    ]);
    expect(call('admin_nodeInfo')).toMatchObject({
      enode: expect.stringMatching(/^enode:/),
      ports: { discovery: 30304, listener: 30303 },
      protocols: { eth: { network: 271828, genesis: expect.any(String) } },
    });
    expect(call('admin_peerScores')).toEqual([{ nodeId: PEER.nodeId.slice(2), score: 12, connected: true }]);
  });

  it('bans for a time or for good', () => {
    const { call } = createRpcWorld();
    call('admin_banPeer', '10.0.0.9');
    call('admin_banPeer', ENODE, 60);
    expect(call('admin_bannedPeers')).toEqual([
      { target: '10.0.0.9', reason: 'operator', untilMs: null },
      { target: ENODE, reason: 'operator', untilMs: NOW_MS + 60_000 },
    ]);
    expect(call('admin_unbanPeer', ENODE)).toBe(true);
    expect(call('admin_bannedPeers')).toHaveLength(1);
  });
});

describe('txpool', () => {
  it('shows what is executable and what waits, by sender and nonce', () => {
    const { call } = createRpcWorld();
    const [next, gap] = [transfer(0, 2), transfer(0, 9)];
    for (const transaction of [next, gap]) call('eth_sendRawTransaction', toHex(transaction.raw));
    expect(call('txpool_status')).toEqual({ pending: '0x1', queued: '0x1' });
    expect(call('txpool_content')).toMatchObject({
      pending: { [account(0)]: { 2: { hash: next.hash } } },
      queued: { [account(0)]: { 9: { hash: gap.hash } } },
    });
    expect(call('txpool_contentFrom', account(0))).toMatchObject({ pending: { 2: { hash: next.hash } } });
    expect(call('txpool_contentFrom', account(1))).toEqual({ pending: {}, queued: {} });
    expect(call('txpool_inspect')).toMatchObject({
      pending: { [account(0)]: { 2: `${account(1)}: 1 wei + 21000 gas × 10000000000 wei` } },
    });
    expect(call('admin_clearTxpool')).toBe(2);
  });
});

describe('otterscan', () => {
  it('shows a block with fees and a page of its transactions', () => {
    const { call } = createRpcWorld();
    const details = call('ots_getBlockDetails', '0x1') as { totalFees: string };
    const tips = 21000n * 10n ** 9n + 21000n * (3n * 10n ** 9n - 875_000_000n);
    expect(details).toMatchObject({
      block: { transactionCount: 2, number: '0x1' },
      totalFees: `0x${tips.toString(16)}`,
    });
    expect(call('ots_getBlockTransactions', '0x1', 0, 1)).toMatchObject({
      fullblock: { transactionCount: 2, transactions: [{ transactionIndex: '0x1' }] },
      receipts: [{ transactionIndex: '0x1' }],
    });
    expect(call('ots_getBlockTransactions', '0x1', 1, 1)).toMatchObject({ receipts: [{ transactionIndex: '0x0' }] });
    expect(call('ots_getBlockTransactions', '0x1', 2, 1)).toMatchObject({ receipts: [] });
    expect(call('ots_getBlockDetails', '0x99')).toBeNull();
  });
});

describe('searches by address', () => {
  const searched = (method: string, ...params: unknown[]) => {
    const page = createRpcWorld().call(method, ...params) as {
      txs: { blockNumber: string; nonce: string; from: string }[];
      receipts: { timestamp: number }[];
      firstPage: boolean;
      lastPage: boolean;
    };
    expect(page.receipts).toHaveLength(page.txs.length);
    return { ...page, blocks: page.txs.map((transaction) => Number(transaction.blockNumber)) };
  };

  it.each([
    { name: 'all that was sent or got', from: 0, size: 25, blocks: [3, 2, 1], firstPage: true, lastPage: true },
    { name: 'a first page', from: 0, size: 2, blocks: [3, 2], firstPage: true, lastPage: false },
    { name: 'the page behind it', from: 2, size: 2, blocks: [1], firstPage: false, lastPage: true },
    { name: 'nothing below the first', from: 1, size: 2, blocks: [], firstPage: false, lastPage: true },
    { name: 'a beginning beyond the head', from: 99, size: 1, blocks: [3], firstPage: true, lastPage: false },
  ])('go down: $name', ({ name: _, from, size, ...expected }) => {
    expect(searched('ots_searchTransactionsBefore', account(0), from, size)).toMatchObject(expected);
  });

  it.each([
    { name: 'all', from: 0, size: 25, blocks: [3, 2, 1], firstPage: true, lastPage: true },
    { name: 'a last page', from: 0, size: 2, blocks: [2, 1], firstPage: false, lastPage: true },
    { name: 'the page before it', from: 2, size: 2, blocks: [3], firstPage: true, lastPage: false },
    { name: 'nothing beyond the head', from: 4, size: 2, blocks: [], firstPage: true, lastPage: false },
  ])('go up: $name', ({ name: _, from, size, ...expected }) => {
    expect(searched('ots_searchTransactionsAfter', account(0), from, size)).toMatchObject(expected);
  });

  it('find both transactions of a block, last first, with the time of the block', () => {
    const { txs, receipts } = searched('ots_searchTransactionsAfter', account(1), 0, 1);
    expect(txs.map(({ from }) => from)).toEqual([account(1), account(0)]);
    expect(receipts[0]?.timestamp).toBe(1_700_000_002);
  });

  it('give up after some thousand blocks and say where to go on', () => {
    const { call, chain } = createRpcWorld();
    for (let i = 0; i < 4_200; i++) chain.mine([]);
    const search = (from: number) => call('ots_searchTransactionsBefore', account(0), from, 25);
    const failure = failureOf(() => search(0)) as { code: number; data: { continueAt: string } };
    expect(failure.code).toBe(-32005);
    const continued = search(Number(failure.data.continueAt)) as { txs: unknown[]; lastPage: boolean };
    expect([continued.txs.length, continued.lastPage]).toEqual([3, true]);
  });
});

describe('what a block created', () => {
  it('is shown with the part of the uncles', () => {
    expect(createRpcWorld().call('ots_getBlockDetails', 3)).toMatchObject({
      issuance: { blockReward: '0x1bc16d674ec80000', uncleReward: '0xde0b6b3a7640000', issuance: '0x29a2241af62c0000' },
    });
  });
});

describe('account dumps', () => {
  it('go page by page in the order of hashed addresses', () => {
    const { call } = createRpcWorld();
    const whole = call('debug_dumpBlock', 'latest') as { root: string; accounts: object };
    expect(call('eth_getBlockByNumber', 'latest', false)).toMatchObject({ stateRoot: whole.root });
    const first = call('debug_accountRange', 'latest', '0x', 2) as { accounts: object; next: string };
    const rest = call('debug_accountRange', 'latest', first.next, 0) as { accounts: object };
    expect(Object.keys(first.accounts)).toHaveLength(2);
    expect({ ...first.accounts, ...rest.accounts }).toEqual(whole.accounts);
  });
});

describe('what a transport offers', () => {
  const ask = (
    namespaces: readonly Namespace[],
    method: string,
  ): Promise<{ result?: unknown; error?: { message: string; data: { hint: string } } }> =>
    new Promise((resolve) => {
      const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method });
      createRpcWorld()
        .service.dispatcher(namespaces)
        .receive(text, { nowMs: NOW_MS, session: undefined }, (answer) => resolve(JSON.parse(answer ?? 'null')));
    });

  it('is what it was given, and always rpc_modules', async () => {
    expect((await ask(DEFAULT_HTTP_NAMESPACES, 'rpc_modules')).result).toEqual({
      eth: '1.0',
      net: '1.0',
      web3: '1.0',
      txpool: '1.0',
      rpc: '1.0',
    });
    expect(Object.keys((await ask(NAMESPACES, 'rpc_modules')).result as object).sort()).toEqual([...NAMESPACES].sort());
  });

  it.each([
    ['admin_peers', /--http\.api .*admin/],
    ['anvil_setBalance', /devnet fund/],
    ['eth_sendTransaction', /holds no keys/],
    ['eth_blobBaseFee', /no blobs/],
    ['engine_newPayloadV1', /proof of work/],
    ['eth_foo', /rpc_discover/],
  ])('says why %s is not there', async (method, hint) => {
    const { error } = await ask(DEFAULT_HTTP_NAMESPACES, method);
    expect(error?.message).toBe(`the method ${method} does not exist/is not available`);
    expect(error?.data.hint).toMatch(hint);
  });

  it('describes itself', async () => {
    const { methods } = (await ask(['eth'], 'rpc_discover')).result as {
      methods: { name: string; params: unknown[] }[];
    };
    expect(methods.find(({ name }) => name === 'eth_getBalance')?.params).toEqual([
      { name: 'Address', required: true, schema: { type: 'string', pattern: '^0x[0-9a-fA-F]{40}$' } },
      { name: 'Block', required: false, schema: { anyOf: expect.any(Array) } },
    ]);
    expect(new Set(methods.map(({ name }) => name)).size).toBe(methods.length);
  });

  it('describes the result of every method, and nothing else', async () => {
    const { methods } = (await ask(NAMESPACES, 'rpc_discover')).result as { methods: { name: string }[] };
    expect(methods.map(({ name }) => name).sort()).toEqual([...RESULTS.keys()].sort());
  });
});
