import { createBlockFromBytesArray, createBlockHeaderFromBytesArray } from '@ethereumjs/block';
import { EthMessageCodes as Code } from '@ethereumjs/devp2p';
import { MerklePatriciaTrie } from '@ethereumjs/mpt';
import { type NestedUint8Array, RLP } from '@ethereumjs/rlp';
import { createTxFromBlockBodyData, createTxFromRLP, type TypedTransaction } from '@ethereumjs/tx';
import { bigIntToBytes, bytesToBigInt, bytesToHex, bytesToInt, hexToBytes, intToBytes } from '@ethereumjs/util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex } from '../../src/base/hex.js';
import { selectCrypto } from '../../src/crypto/select.js';
import type { Block } from '../../src/types/block.js';
import type { Transaction } from '../../src/types/transaction.js';
import { extend, transfer } from '../support/chain-builder.js';
import { eventually } from '../support/eventually.js';
import type { LiveNode } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';
import { type Claim, ForeignPeer, type ForeignSession, toHexTree, type Version } from './foreign/foreign-peer.js';
import { bytes, type EthMessage, type Item, list, serveChain } from './foreign/serve.js';
import { fullNode, type SharedChain, sharedChain } from './foreign/shared-chain.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const LENGTH = 40;
let shared: SharedChain;
let node: LiveNode;
const peers: ForeignPeer[] = [];
/** Transactions that foreign peers serve by hash. */
const pool = new Map<string, Item>();
/** The next nonce of each test account that sends to the pool; account 0 belongs to the blocks. */
const nonces = new Map<number, bigint>();

beforeAll(async () => {
  await selectCrypto();
  shared = sharedChain(LENGTH);
  node = await fullNode(shared);
});
afterAll(async () => {
  for (const peer of peers) peer.destroy();
  await killAll();
});

const headClaim = (): Claim => {
  const { hash, totalDifficulty } = shared.chain.head();
  return { totalDifficulty, head: hash, genesis: shared.chain.genesisHash };
};

const hashAt = (number: number): Uint8Array => {
  const hash = shared.chain.canonicalHash(number);
  if (hash === undefined) throw new Error(`no block ${number}`);
  return fromHex(hash);
};

function foreignPeer(...versions: Version[]): ForeignPeer {
  const serve = serveChain(shared.chain, pool);
  const peer = new ForeignPeer({ common: shared.common, claim: headClaim, versions, serve });
  peers.push(peer);
  return peer;
}

function pooled(from: number, dataLength = 0): Transaction {
  const nonce = nonces.get(from) ?? 0n;
  nonces.set(from, nonce + 1n);
  return transfer({ from, nonce, gasLimit: 200_000n, data: new Uint8Array(dataLength) });
}

/** The item that stands for a transaction in a list of them: a legacy one's fields, a typed one's bytes. */
const txItem = ({ raw, type }: Transaction): Item => (type === 0 ? RLP.decode(raw) : raw);

/** A transaction out of an eth message, as the foreign library reads it. */
const foreignTx = (item: Item): TypedTransaction =>
  createTxFromBlockBodyData(item as Uint8Array | Uint8Array[], { common: shared.common });

const foreignHeader = (item: Item) =>
  createBlockHeaderFromBytesArray(list(item).map(bytes), { common: shared.common, setHardfork: true });

type RpcObject = Readonly<Record<string, string>>;
const rpcBlock = (number: number): Promise<RpcObject> =>
  node.call<RpcObject>('eth_getBlockByNumber', `0x${number.toString(16)}`, false);

const codeIs =
  (code: number) =>
  (message: EthMessage): boolean =>
    message.code === code;

interface PeerEntry {
  readonly id: string;
  readonly name: string;
  readonly network: { readonly inbound: boolean };
  readonly protocols: { readonly eth: { version: number; head: string; difficulty: string } };
  readonly score: number;
}

const entryOf = async ({ nodeId }: ForeignPeer): Promise<PeerEntry | undefined> =>
  (await node.call<PeerEntry[]>('admin_peers')).find(({ id }) => id === nodeId);

const connect = {
  'we dial': async (peer: ForeignPeer): Promise<ForeignSession> => {
    expect(await node.call('admin_addPeer', await peer.listen())).toBe(true);
    return peer.session();
  },
  'it dials': (peer: ForeignPeer): Promise<ForeignSession> => peer.dial(node.enode),
};

describe.each(
  ([68, 67, 66] as const).flatMap((version) => [
    { version, direction: 'we dial' as const },
    { version, direction: 'it dials' as const },
  ]),
)('eth/$version, $direction', ({ version, direction }) => {
  let peer: ForeignPeer;
  let session: ForeignSession;

  beforeAll(async () => {
    peer = foreignPeer(version);
    session = await connect[direction](peer);
  });
  afterAll(() => peer.destroy());

  /** Headers by a query, decoded; their fields must be those that our RPC tells. */
  async function expectHeaders(query: Parameters<ForeignSession['request']>[2], numbers: number[]): Promise<void> {
    const items = await session.request(Code.GET_BLOCK_HEADERS, Code.BLOCK_HEADERS, query);
    const headers = items.map(foreignHeader);
    expect(headers.map(({ number }) => Number(number))).toEqual(numbers);
    for (const header of headers) {
      const ours = await rpcBlock(Number(header.number));
      expect(bytesToHex(header.hash())).toBe(ours.hash);
      const { transactionsTrie, receiptTrie, uncleHash, coinbase, ...same } = header.toJSON();
      expect(ours).toMatchObject({
        ...same,
        transactionsRoot: transactionsTrie,
        receiptsRoot: receiptTrie,
        sha3Uncles: uncleHash,
        miner: coinbase,
      });
    }
  }

  it('Hello and Status say what we are', async () => {
    const hello = session.peer.getHelloMessage();
    expect(hello).toMatchObject({ protocolVersion: 5 });
    expect(hello?.clientId).toMatch(/^Grapevine\//);
    expect(hello?.capabilities).toEqual([68, 67, 66].map((known) => ({ name: 'eth', version: known })));

    const [theirVersion, networkId, td, head, genesis, forkId] = session.status ?? [];
    const info = await node.call<{ protocols: { eth: Record<string, unknown> } }>('admin_nodeInfo');
    expect({
      version: bytesToInt(bytes(theirVersion)),
      network: bytesToInt(bytes(networkId)),
      difficulty: bytesToBigInt(bytes(td)).toString(),
      head: bytesToHex(bytes(head)),
      genesis: bytesToHex(bytes(genesis)),
      // The library's own checksum over its own reading of the genesis file.
      forkId: toHexTree(list(forkId)),
    }).toEqual({
      version,
      ...Object.fromEntries(['network', 'difficulty', 'head', 'genesis'].map((key) => [key, info.protocols.eth[key]])),
      forkId: [shared.common.forkHash(), '0x'],
    });
    expect(peer.errors).toEqual([]);
  });

  it('admin_peers shows it', async () => {
    const entry = await eventually('it is listed', async () => {
      const found = await entryOf(peer);
      return typeof found?.protocols.eth === 'object' && found;
    });
    expect(entry).toMatchObject({
      name: 'foreign/1.0',
      network: { inbound: direction === 'it dials' },
      protocols: { eth: { version, head: headClaim().head, difficulty: headClaim().totalDifficulty.toString() } },
      score: 0,
    });
  });

  const [none, one] = [new Uint8Array(0), intToBytes(1)];
  it.each([
    { how: 'by number', query: () => [intToBytes(3), intToBytes(4), none, none], numbers: [3, 4, 5, 6] },
    { how: 'the genesis block', query: () => [none, intToBytes(2), none, none], numbers: [0, 1] },
    { how: 'with skip', query: () => [intToBytes(1), intToBytes(4), intToBytes(8), none], numbers: [1, 10, 19, 28] },
    { how: 'reverse', query: () => [intToBytes(2), intToBytes(9), none, one], numbers: [2, 1, 0] },
    {
      how: 'reverse with skip',
      query: () => [intToBytes(20), intToBytes(3), intToBytes(6), one],
      numbers: [20, 13, 6],
    },
    {
      how: 'by hash',
      query: () => [hashAt(7), intToBytes(2), none, none],
      numbers: [7, 8],
    },
    {
      how: 'by hash, reverse with skip',
      query: () => [hashAt(9), intToBytes(3), one, one],
      numbers: [9, 7, 5],
    },
    { how: 'that nobody has', query: () => [intToBytes(1_000_000), intToBytes(2), none, none], numbers: [] },
    { how: 'by a hash that nobody has', query: () => [new Uint8Array(32).fill(9), one, none, none], numbers: [] },
  ])('GetBlockHeaders $how', ({ query, numbers }) => expectHeaders(query(), numbers));

  it('GetBlockBodies: its library finds the roots in order', async () => {
    const numbers = [2, 3, 8];
    const blocks = await Promise.all(numbers.map(rpcBlock));
    const hashes = blocks.map(({ hash }) => hexToBytes(hash as `0x${string}`));
    // A hash that nobody has is left out.
    const asked = [hashes[0], new Uint8Array(32).fill(1), ...hashes.slice(1)] as Uint8Array[];
    const bodies = await session.request(Code.GET_BLOCK_BODIES, Code.BLOCK_BODIES, asked);
    expect(bodies).toHaveLength(numbers.length);
    for (const [i, number] of numbers.entries()) {
      const header = RLP.decode(shared.chain.headerByNumber(number)?.raw ?? new Uint8Array(0));
      const [transactions, uncles] = list(bodies[i]);
      const parts = [header, transactions, uncles] as Parameters<typeof createBlockFromBytesArray>[0];
      const block = createBlockFromBytesArray(parts, { common: shared.common, setHardfork: true });
      expect(await block.transactionsTrieIsValid()).toBe(true);
      expect(block.uncleHashIsValid()).toBe(true);
      expect(block.transactions.map((tx) => tx.isSigned() && tx.verifySignature())).toEqual(
        block.transactions.map(() => true),
      );
      expect(block.transactions.map((tx) => bytesToHex(tx.hash()))).toEqual(blocks[i]?.transactions);
    }
  });

  it('GetReceipts: its trie has the root that the header has', async () => {
    const blocks = await Promise.all([2, 3].map(rpcBlock));
    const hashes = blocks.map(({ hash }) => hexToBytes(hash as `0x${string}`));
    const lists = await session.request(Code.GET_RECEIPTS, Code.RECEIPTS, hashes);
    expect(lists.map((receipts) => list(receipts).length)).toEqual([3, 0]);
    const trie = new MerklePatriciaTrie();
    const transactions = shared.chain.blockByNumber(2)?.transactions.map(({ hash }) => hash) ?? [];
    for (const [index, item] of list(lists[0]).entries()) {
      const raw = item instanceof Uint8Array ? item : RLP.encode(item);
      await trie.put(RLP.encode(index), raw);
      const [status, cumulative, bloom, logs] = list(item instanceof Uint8Array ? RLP.decode(item.subarray(1)) : item);
      const hash = transactions[index];
      expect(await node.call('eth_getTransactionReceipt', hash)).toMatchObject({
        type: item instanceof Uint8Array ? `0x${item[0]}` : '0x0',
        status: bytesToHex(bytes(status)).replace('0x0', '0x'),
        cumulativeGasUsed: `0x${bytesToBigInt(bytes(cumulative)).toString(16)}`,
        logsBloom: bytesToHex(bytes(bloom)),
        logs: list(logs),
      });
    }
    expect(bytesToHex(trie.root())).toBe(blocks[0]?.receiptsRoot);
  });

  if (version === 66) {
    it('GetNodeData is answered with nothing', async () => {
      expect(await session.request(Code.GET_NODE_DATA, Code.NODE_DATA, [new Uint8Array(32)])).toEqual([]);
    });
  }

  it('a small transaction of ours reaches it whole', async () => {
    const tx = pooled(1);
    await node.call('eth_sendRawTransaction', bytesToHex(tx.raw));
    const { payload } = await session.received('Transactions', (message) => {
      return message.code === Code.TX && message.payload.some((item) => bytesToHex(foreignTx(item).hash()) === tx.hash);
    });
    expect(payload.map((item) => foreignTx(item).verifySignature())).not.toContain(false);
  });

  it('a large one is announced in the form of the version, and delivered when asked for', async () => {
    const tx = pooled(1, 5000);
    await node.call('eth_sendRawTransaction', bytesToHex(tx.raw));
    const announced = (message: EthMessage): NestedUint8Array =>
      version === 68 ? list(message.payload[2]) : message.payload;
    const message = await session.received(
      'NewPooledTransactionHashes',
      (candidate) =>
        candidate.code === Code.NEW_POOLED_TRANSACTION_HASHES &&
        announced(candidate).some((hash) => bytesToHex(bytes(hash)) === tx.hash),
    );
    if (version === 68) {
      const at = announced(message).findIndex((hash) => bytesToHex(bytes(hash)) === tx.hash);
      expect(bytes(message.payload[0])[at]).toBe(tx.type);
      expect(bytesToInt(bytes(list(message.payload[1])[at]))).toBe(tx.raw.length);
    }
    const hashes = [new Uint8Array(32).fill(3), fromHex(tx.hash)];
    const items = await session.request(Code.GET_POOLED_TRANSACTIONS, Code.POOLED_TRANSACTIONS, hashes);
    expect(items.map((item) => bytesToHex(foreignTx(item).hash()))).toEqual([tx.hash]);
    expect(bytesToHex(createTxFromRLP(bytes(items[0]), { common: shared.common }).getSenderAddress().bytes)).toBe(
      await node.call<RpcObject>('eth_getTransactionByHash', tx.hash).then(({ from }) => from),
    );
  });

  it('a transaction that it sends is pooled', async () => {
    const tx = pooled(2);
    session.send(Code.TX, [txItem(tx)]);
    const found = await eventually('it is pooled', () =>
      node.call<RpcObject | null>('eth_getTransactionByHash', tx.hash).then((seen) => seen ?? false),
    );
    expect(found).toMatchObject({ hash: tx.hash, blockHash: null });
  });

  it('a transaction that it announces is asked for and pooled', async () => {
    const tx = pooled(2, 200);
    pool.set(tx.hash, txItem(tx));
    const hashes = [fromHex(tx.hash)];
    session.send(
      Code.NEW_POOLED_TRANSACTION_HASHES,
      version === 68 ? [Uint8Array.of(tx.type), [intToBytes(tx.raw.length)], hashes] : hashes,
    );
    const asked = await session.received('GetPooledTransactions', codeIs(Code.GET_POOLED_TRANSACTIONS));
    expect(list(asked.payload[1]).map((hash) => bytesToHex(bytes(hash)))).toContain(tx.hash);
    await eventually('it is pooled', async () => (await node.call('eth_getTransactionByHash', tx.hash)) !== null);
  });

  it('a block that it sends becomes the head; others get it from us before and after', async () => {
    const observer = foreignPeer(version);
    const watching = await observer.dial(node.enode);
    await eventually('both are ready', async () => {
      const entries = await Promise.all([peer, observer].map(entryOf));
      return entries.every((entry) => typeof entry?.protocols.eth === 'object');
    });

    const [sent] = extend(shared.chain, 1) as [Block];
    const total = shared.chain.head().totalDifficulty;
    session.send(Code.NEW_BLOCK, [RLP.decode(sent.raw), bigIntToBytes(total)]);
    await eventually('it is the head', async () => (await headOf(node.url)).hash === sent.hash);
    const relayed = await watching.received('NewBlock', codeIs(Code.NEW_BLOCK));
    expect(bytesToHex(RLP.encode(relayed.payload[0] ?? []))).toBe(bytesToHex(sent.raw));
    expect(bytesToBigInt(bytes(relayed.payload[1]))).toBe(total);

    // By hash: we ask for header and body, and tell the others by hash.
    const announcedTx = pooled(3);
    const [announced] = extend(shared.chain, 1, () => ({ transactions: [announcedTx] })) as [Block];
    session.send(Code.NEW_BLOCK_HASHES, [[fromHex(announced.hash), intToBytes(announced.header.number)]]);
    await eventually('it is the head', async () => (await headOf(node.url)).hash === announced.hash);
    const told = await watching.received('NewBlockHashes', codeIs(Code.NEW_BLOCK_HASHES));
    expect(toHexTree(told.payload)).toEqual([[announced.hash, bytesToHex(intToBytes(announced.header.number))]]);
    expect(await node.call('eth_getTransactionReceipt', announcedTx.hash)).toMatchObject({ blockHash: announced.hash });
    // Nothing goes back to where it came from.
    expect(
      session.inbox.filter(codeIs(Code.NEW_BLOCK)).concat(session.inbox.filter(codeIs(Code.NEW_BLOCK_HASHES))),
    ).toEqual([]);
    observer.destroy();
  });

  it('it is still a peer in good standing', async () => {
    expect(await entryOf(peer)).toMatchObject({ score: 0 });
    expect(peer.errors).toEqual([]);
  });
});
