import { EthMessageCodes as Code, DISCONNECT_REASON as Reason } from '@ethereumjs/devp2p';
import { type NestedUint8Array, RLP } from '@ethereumjs/rlp';
import { bigIntToBytes, bytesToBigInt, intToBytes } from '@ethereumjs/util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Hash32 } from '../../src/base/brand.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { type Block, encodeUncles, sealedHeaderOf } from '../../src/types/block.js';
import { buildBlock, extend, testChain } from '../support/chain-builder.js';
import { eventually } from '../support/eventually.js';
import type { LiveNode } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';
import {
  type Claim,
  type ForeignOptions,
  ForeignPeer,
  type ForeignSession,
  type RawStatus,
} from './foreign/foreign-peer.js';
import { isPeerOf, scoreOf } from './foreign/seen-by-node.js';
import { bytes, type EthMessage, list, type Serve, serveChain } from './foreign/serve.js';
import { emptyNode, fullNode, type SharedChain, sharedChain } from './foreign/shared-chain.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const LENGTH = 300;
let shared: SharedChain;
/** The real second node: it has the whole chain and keeps all rules. */
let honest: LiveNode;
const nodes: LiveNode[] = [];
const peers: ForeignPeer[] = [];

beforeAll(async () => {
  await selectCrypto();
  shared = sharedChain(LENGTH);
  honest = await fullNode(shared);
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy();
  for (const node of nodes.splice(0)) expect((await node.stop()).code).toBe(0);
});
afterAll(killAll);

async function victim(): Promise<LiveNode> {
  const node = await emptyNode(shared);
  nodes.push(node);
  return node;
}

/** What the honest node claims, too. */
const headClaim = (): Claim => {
  const { hash, totalDifficulty } = shared.chain.head();
  return { totalDifficulty, head: hash, genesis: shared.chain.genesisHash };
};

function foreignPeer(options: Partial<ForeignOptions>): ForeignPeer {
  const peer = new ForeignPeer({ common: shared.common, claim: headClaim, ...options });
  peers.push(peer);
  return peer;
}

const bansOf = (of: LiveNode): Promise<{ target: string; reason: string }[]> => of.call('admin_bannedPeers');

/** The victim turns to the honest node and gets everything. */
async function finishesFromHonest(node: LiveNode): Promise<void> {
  expect(await node.call('admin_addPeer', honest.enode)).toBe(true);
  const { hash, number } = { hash: shared.chain.head().hash, number: shared.chain.head().header.number };
  await eventually('it has the whole chain', async () => {
    const head = await headOf(node.url);
    return head.number === number && head.hash === hash;
  });
}

describe('a peer of another chain', () => {
  let node: LiveNode;
  beforeAll(async () => {
    node = await emptyNode(shared);
  });
  afterAll(async () => {
    expect((await node.stop()).code).toBe(0);
  });

  it.each<{ name: string; code: string; status: (status: RawStatus) => RawStatus }>([
    {
      name: 'genesis',
      code: 'wrong-genesis',
      status: ([version, network, td, head, , forkId]) => [
        version,
        network,
        td,
        head,
        new Uint8Array(32).fill(1),
        forkId,
      ],
    },
    {
      name: 'network id',
      code: 'wrong-network',
      status: ([version, , ...rest]) => [version, 4242, ...rest],
    },
    {
      name: 'fork hash',
      code: 'wrong-fork-id',
      status: ([version, network, td, head, genesis]) => [
        version,
        network,
        td,
        head,
        genesis,
        [Uint8Array.of(1, 2, 3, 4), 0],
      ],
    },
    {
      name: 'protocol version',
      code: 'wrong-protocol-version',
      status: ([, ...rest]) => [67, ...rest],
    },
  ])('another $name: told so, not held against it', async ({ code, status }) => {
    const peer = foreignPeer({ versions: [68], status });
    const session = await peer.dial(node.enode);
    expect(await session.ended()).toEqual({ by: 'remote', reason: Reason.SUBPROTOCOL_ERROR });
    expect(await scoreOf(node, peer)).toMatchObject({
      score: 0,
      connected: false,
      lastFailure: expect.stringContaining(code),
    });
    expect(await bansOf(node)).toEqual([]);
  });

  it('a fork to come that we have not heard of is no reason', async () => {
    const status = ([version, network, td, head, genesis, [hash]]: RawStatus): RawStatus => [
      version,
      network,
      td,
      head,
      genesis,
      [hash, 5_000_000],
    ];
    const peer = foreignPeer({ versions: [68], status });
    await peer.dial(node.enode);
    await isPeerOf(node, peer);
    expect(await scoreOf(node, peer)).toBeUndefined();
  });

  it.each<{ name: string; versions: (67 | 68)[]; code: number; payload: NestedUint8Array; fault: string }>([
    { name: 'a second Status', versions: [68], code: Code.STATUS, payload: [], fault: 'unexpected-message' },
    { name: 'GetNodeData in eth/67', versions: [67], code: Code.GET_NODE_DATA, payload: [], fault: 'unknown-message' },
    { name: 'fields that are none', versions: [68], code: Code.NEW_BLOCK, payload: [[]], fault: 'malformed-message' },
  ])('$name is a breach', async ({ versions, code, payload, fault }) => {
    const peer = foreignPeer({ versions });
    const session = await peer.dial(node.enode);
    await isPeerOf(node, peer);
    session.sendRaw(code, payload);
    expect(await session.ended()).toEqual({ by: 'remote', reason: Reason.PROTOCOL_ERROR });
    expect(await scoreOf(node, peer)).toMatchObject({ connected: false, lastFailure: expect.stringContaining(fault) });
    expect((await scoreOf(node, peer))?.score).toBeCloseTo(-40, 0);
    expect(await bansOf(node)).toEqual([]);
  });
});

/** How a wrong peer answers, given the honest answer. */
type Twist = (answer: EthMessage) => readonly EthMessage[];

/** What is expected of the victim. */
interface Consequence {
  /** Undefined: it stays connected. */
  readonly reason: number | undefined;
  readonly fault: RegExp | undefined;
  readonly score: [least: number, most: number];
}

const BREACH: Omit<Consequence, 'fault'> = { reason: Reason.PROTOCOL_ERROR, score: [-40, -39] };

const withId = ({ code, payload }: EthMessage, id: bigint): EthMessage => ({
  code,
  payload: [bigIntToBytes(id), list(payload[1])],
});
const withItems = ({ code, payload }: EthMessage, items: NestedUint8Array): EthMessage => ({
  code,
  payload: [bytes(payload[0]), items],
});
const itemsOf = ({ payload }: EthMessage): NestedUint8Array => list(payload[1]);

/** The twist for answers of one kind only. */
const only =
  (code: number, twist: Twist): Twist =>
  (answer) =>
    answer.code === code ? twist(answer) : [answer];

/** Headers in which the last is another block's: right number, wrong parent. */
const unlinked: Twist = (answer) => {
  const items = itemsOf(answer);
  if (items.length < 3) return [answer];
  const other = testChain();
  const [stray] = extend(other, items.length, () => ({ extraData: Uint8Array.of(7) })).slice(-1) as [Block];
  const [first] = items.map((item) => bytesToBigInt(bytes(list(item)[8])));
  const fields = list(RLP.decode(stray.raw))[0] as NestedUint8Array;
  const renumbered = fields.map((field, i) =>
    i === 8 ? bigIntToBytes((first ?? 0n) + BigInt(items.length) - 1n) : field,
  );
  return [withItems(answer, [...items.slice(0, -1), renumbered])];
};

describe('a peer that serves a sync wrongly', () => {
  it.each<{ name: string; twist: Twist } & Consequence>([
    { name: 'answers nothing', twist: () => [], reason: undefined, fault: undefined, score: [0, 0] },
    {
      name: 'answers for headers twice',
      twist: only(Code.BLOCK_HEADERS, (answer) => [answer, answer]),
      reason: undefined,
      fault: undefined,
      score: [-20, -4],
    },
    {
      name: 'answers another request than ours',
      twist: (answer) => [withId(answer, bytesToBigInt(bytes(answer.payload[0])) + 1000n)],
      reason: undefined,
      fault: undefined,
      score: [-20, -4],
    },
    {
      name: 'sends more headers than asked',
      twist: only(Code.BLOCK_HEADERS, (answer) => [withItems(answer, [...itemsOf(answer), ...itemsOf(answer)])]),
      ...BREACH,
      fault: /reply-too-long/,
    },
    {
      name: 'sends more bodies than asked',
      twist: only(Code.BLOCK_BODIES, (answer) => [withItems(answer, [...itemsOf(answer), ...itemsOf(answer)])]),
      ...BREACH,
      fault: /reply-too-long/,
    },
    {
      name: 'sends headers that are not linked',
      twist: only(Code.BLOCK_HEADERS, unlinked),
      ...BREACH,
      fault: /reply-mismatch.*not linked/,
    },
    {
      name: 'sends other headers than asked',
      twist: only(Code.BLOCK_HEADERS, (answer) => [withItems(answer, [...itemsOf(answer)].reverse())]),
      ...BREACH,
      fault: /reply-mismatch/,
    },
    {
      name: 'sends bodies of no asked block',
      twist: only(Code.BLOCK_BODIES, (answer) => [
        withItems(
          answer,
          itemsOf(answer).map(() => [[], []]),
        ),
      ]),
      ...BREACH,
      fault: /reply-mismatch.*no asked block/,
    },
    {
      name: 'sends headers that are none',
      twist: only(Code.BLOCK_HEADERS, (answer) => [withItems(answer, [[Uint8Array.of(1)]])]),
      ...BREACH,
      fault: /malformed-message/,
    },
    {
      name: 'has none of its headers',
      twist: only(Code.BLOCK_HEADERS, (answer) => [withItems(answer, [])]),
      reason: undefined,
      fault: undefined,
      score: [0, 0],
    },
    {
      name: 'has none of its bodies',
      twist: only(Code.BLOCK_BODIES, (answer) => [withItems(answer, [])]),
      reason: undefined,
      fault: undefined,
      score: [0, 0],
    },
  ])('$name: judged, and the sync finished elsewhere', async ({ twist, reason, fault, score }) => {
    const node = await victim();
    const answer = serveChain(shared.chain);
    const wrong: Serve = (message) => answer(message).flatMap(twist);
    const peer = foreignPeer({ serve: wrong });
    const session = await peer.dial(node.enode);
    await session.received('the sync has begun', ({ code }) => code === Code.GET_BLOCK_HEADERS);
    if (reason !== undefined) expect(await session.ended()).toEqual({ by: 'remote', reason });
    await finishesFromHonest(node);

    const entry = (await scoreOf(node, peer)) ?? { score: 0, lastFailure: undefined };
    expect(entry.score).toBeGreaterThanOrEqual(score[0]);
    expect(entry.score).toBeLessThanOrEqual(score[1]);
    if (fault !== undefined) expect(entry.lastFailure).toMatch(fault);
    if (reason === undefined) expect(session.end).toBeUndefined();
    expect(await bansOf(node)).toEqual([]);
    expect(node.log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('a chain whose blocks do not execute costs its master a ban', async () => {
    const node = await victim();
    const bad = wrongStateAt(60);
    const { totalDifficulty } = shared.chain.head();
    const claim = (): Claim => ({
      totalDifficulty: totalDifficulty * 2n,
      head: bad.head,
      genesis: shared.chain.genesisHash,
    });
    const peer = foreignPeer({ claim, serve: bad.serve });
    const session = await peer.dial(node.enode);
    expect(await session.ended()).toEqual({ by: 'remote', reason: Reason.PROTOCOL_ERROR });
    expect(await bansOf(node)).toMatchObject([
      { target: `0x${peer.nodeId}`, reason: expect.stringContaining('announced-invalid-block') },
    ]);
    await finishesFromHonest(node);
  });
});

/** The shared chain with a block at `number`, its last, that claims a state which does not follow. */
function wrongStateAt(number: number): { head: Hash32; serve: Serve } {
  const parent = shared.chain.headerByNumber(number - 1);
  if (parent === undefined) throw new Error('the chain is too short');
  const block = buildBlock(shared.chain, { parent, header: { stateRoot: `0x${'5a'.repeat(32)}` as Hash32 } });
  const wrong = sealedHeaderOf(block);
  const answer = serveChain({
    bodyRaw: (hash) => shared.chain.bodyRaw(hash),
    headerByHash: (hash) => (hash === wrong.hash ? wrong : shared.chain.headerByHash(hash)),
    headerByNumber: (n) => (n === number ? wrong : n > number ? undefined : shared.chain.headerByNumber(n)),
  });
  return { head: wrong.hash, serve: answer };
}

describe('claims of work', () => {
  it('a Status that exaggerates costs a look, and no more', async () => {
    const node = await victim();
    await finishesFromHonest(node);
    const lie = (): Claim => ({ ...headClaim(), totalDifficulty: 2n ** 100n, head: `0x${'77'.repeat(32)}` });
    const peer = foreignPeer({ claim: lie, serve: serveChain(shared.chain) });
    const session = await peer.dial(node.enode);
    await session.received('it is asked for its head', ({ code }) => code === Code.GET_BLOCK_HEADERS);
    await isPeerOf(node, peer);
    expect(await scoreOf(node, peer)).toBeUndefined();
    // The next block of the honest one comes through all the same.
    await extendAndSend(node, session, ({ block, total }) => [RLP.decode(block.raw), bigIntToBytes(total)]);
  });

  it('a block with a false total difficulty is taken; what others are told is true', async () => {
    const node = await victim();
    await finishesFromHonest(node);
    const [liar, observer] = [
      foreignPeer({ serve: serveChain(shared.chain) }),
      foreignPeer({ serve: serveChain(shared.chain) }),
    ];
    const [session, watching] = [await liar.dial(node.enode), await observer.dial(node.enode)];
    await Promise.all([liar, observer].map((peer) => isPeerOf(node, peer)));
    const { block, total } = await extendAndSend(node, session, ({ block: sent }) => [
      RLP.decode(sent.raw),
      bigIntToBytes(2n ** 90n),
    ]);
    const relayed = await watching.received(
      'the block',
      ({ code, payload }) => code === Code.NEW_BLOCK && Buffer.compare(RLP.encode(payload[0]), block.raw) === 0,
    );
    expect(bytesToBigInt(bytes(relayed.payload[1]))).toBe(total);
    const rpc = await node.call<{ totalDifficulty: string }>('eth_getBlockByHash', block.hash, false);
    expect(BigInt(rpc.totalDifficulty)).toBe(total);
    expect(await scoreOf(node, liar)).toBeUndefined();
  });

  /** Makes the next block, sends it as the caller words it, and waits until it is the head. */
  async function extendAndSend(
    node: LiveNode,
    session: ForeignSession,
    word: (made: { block: Block; total: bigint }) => NestedUint8Array,
  ): Promise<{ block: Block; total: bigint }> {
    const [block] = extend(shared.chain, 1) as [Block];
    const made = { block, total: shared.chain.head().totalDifficulty };
    session.send(Code.NEW_BLOCK, word(made));
    await eventually('it is the head', async () => (await headOf(node.url)).hash === block.hash);
    // For the tests behind this one.
    await eventually('the honest node has it too', async () => (await headOf(honest.url)).hash === block.hash);
    return made;
  }

  it.each<{ name: string; fault: RegExp; make: (good: Block) => NestedUint8Array }>([
    {
      name: 'a body that is not its header’s',
      fault: /invalid-body/,
      make: (good) => {
        const [header, transactions] = list(RLP.decode(good.raw));
        return [list(header), list(transactions), list(RLP.decode(encodeUncles([shared.chain.head()])))];
      },
    },
    {
      name: 'a difficulty that does not follow',
      fault: /invalid-header/,
      make: (good) => {
        const [header, ...body] = list(RLP.decode(good.raw));
        return [list(header).map((field, i) => (i === 7 ? intToBytes(999_999) : field)), ...body];
      },
    },
  ])('a block with $name is a breach', async ({ fault, make }) => {
    const node = await victim();
    await finishesFromHonest(node);
    const peer = foreignPeer({ serve: serveChain(shared.chain) });
    const session = await peer.dial(node.enode);
    await isPeerOf(node, peer);
    const good = buildBlock(shared.chain);
    session.send(Code.NEW_BLOCK, [
      make(good),
      bigIntToBytes(shared.chain.head().totalDifficulty + good.header.difficulty),
    ]);
    expect(await session.ended()).toEqual({ by: 'remote', reason: Reason.PROTOCOL_ERROR });
    expect(await scoreOf(node, peer)).toMatchObject({ lastFailure: expect.stringMatching(fault) });
    expect((await scoreOf(node, peer))?.score).toBeCloseTo(-40, 0);
    // This copy was bad; the block is not: from another peer it is taken.
    const other = foreignPeer({ serve: serveChain(shared.chain) });
    const again = await other.dial(node.enode);
    await isPeerOf(node, other);
    const { block } = await extendAndSend(node, again, ({ block: sent, total }) => [
      RLP.decode(sent.raw),
      bigIntToBytes(total),
    ]);
    expect(block.hash).toBe(good.hash);
  });
});
