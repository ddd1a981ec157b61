import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ETH, genPrivateKey, Peer, pk2id, DISCONNECT_REASON as Reason } from '@ethereumjs/devp2p';
import { hexToBytes } from '@ethereumjs/util';
import { secp256k1 } from 'ethereum-cryptography/secp256k1.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { eventually } from '../support/eventually.js';
import type { LiveNode } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { ForeignPeer, idOf, internals, portOf } from './foreign/foreign-peer.js';
import { isPeerOf, scoreOf } from './foreign/seen-by-node.js';
import { emptyNode, type SharedChain, sharedChain } from './foreign/shared-chain.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let shared: SharedChain;
let node: LiveNode;
const peers: ForeignPeer[] = [];

beforeAll(async () => {
  await selectCrypto();
  shared = sharedChain(0);
  node = await emptyNode(shared);
});
afterAll(async () => {
  for (const peer of peers) peer.destroy();
  await killAll();
});

function foreignPeer(): ForeignPeer {
  const { hash, totalDifficulty } = shared.chain.head();
  const claim = () => ({ totalDifficulty, head: hash, genesis: shared.chain.genesisHash });
  const peer = new ForeignPeer({ common: shared.common, claim });
  peers.push(peer);
  return peer;
}

/**
 * One connection of the library without its listener, which shows what comes before both Hellos are exchanged; resolves
 * with the reason that the node gives.
 */
async function refusal(
  of: LiveNode,
  options: { privateKey?: Uint8Array; capabilities?: (typeof ETH.eth68)[] },
): Promise<number> {
  const privateKey = options.privateKey ?? genPrivateKey();
  const socket = connect({ host: '127.0.0.1', port: portOf(of.enode) });
  await new Promise((resolve) => socket.once('connect', resolve));
  const peer = new Peer({
    socket,
    privateKey,
    id: pk2id(secp256k1.getPublicKey(privateKey, false)),
    remoteId: idOf(of.enode),
    capabilities: options.capabilities ?? [ETH.eth68],
    common: shared.common,
    clientId: new TextEncoder().encode('foreign/1.0'),
    port: 0,
    timeout: 10_000,
  });
  peer.events.on('error', () => undefined);
  return eventually('the node says why', () => internals(peer)._disconnectReason).finally(() => socket.destroy());
}

describe('a Disconnect of the library’s', () => {
  it.each(
    Object.entries({
      DISCONNECT_REQUESTED: 'requested',
      NETWORK_ERROR: 'tcp-error',
      PROTOCOL_ERROR: 'protocol-breach',
      USELESS_PEER: 'useless-peer',
      TOO_MANY_PEERS: 'too-many-peers',
      INCOMPATIBLE_VERSION: 'incompatible-version',
      INVALID_IDENTITY: 'null-identity',
      UNEXPECTED_IDENTITY: 'unexpected-identity',
      SAME_IDENTITY: 'self-connection',
      TIMEOUT: 'ping-timeout',
      SUBPROTOCOL_ERROR: 'subprotocol-error',
    } as const),
  )('%s is read as %s, and held against nobody', async (name, reason) => {
    const peer = foreignPeer();
    const session = await peer.dial(node.enode);
    await isPeerOf(node, peer);
    session.peer.disconnect(Reason[name as keyof typeof Reason]);
    const entry = await eventually('it is noted', () => scoreOf(node, peer));
    expect(entry).toMatchObject({ score: 0, connected: false, lastFailure: expect.stringContaining(reason) });
  });

  it('that says it stops is no failure at all', async () => {
    const peer = foreignPeer();
    const session = await peer.dial(node.enode);
    await isPeerOf(node, peer);
    session.peer.disconnect(Reason.CLIENT_QUITTING);
    await eventually('it is gone', async () => (await node.call('net_peerCount')) === '0x0');
    expect(await scoreOf(node, peer)).toBeUndefined();
  });
});

describe('a Disconnect of ours', () => {
  it.each([
    { why: 'removed by hand', method: 'admin_removePeer', reason: Reason.DISCONNECT_REQUESTED },
    { why: 'banned by hand', method: 'admin_banPeer', reason: Reason.DISCONNECT_REQUESTED },
  ])('arrives with its reason when the peer is $why', async ({ method, reason }) => {
    const peer = foreignPeer();
    const session = await peer.dial(node.enode);
    await isPeerOf(node, peer);
    await node.call(method, peer.nodeId);
    expect(await session.ended()).toEqual({ by: 'remote', reason });
  });

  it('tells a second connection of the same node that there is one already', async () => {
    const peer = foreignPeer();
    await peer.dial(node.enode);
    await isPeerOf(node, peer);
    expect(await refusal(node, { privateKey: peer.privateKey })).toBe(Reason.ALREADY_CONNECTED);
    await isPeerOf(node, peer);
    peer.destroy();
  });

  it('tells the node itself that it is', async () => {
    const key = readFileSync(join(node.datadir, 'nodekey'), 'utf8').trim().replace(/^0x/, '');
    expect(await refusal(node, { privateKey: hexToBytes(`0x${key}`) })).toBe(Reason.SAME_IDENTITY);
  });

  it('tells a peer without a common version that it is useless', async () => {
    // The library, too, would say so to us; whoever is first. Ours is seen by one that knows more than it says.
    const silent = { ...ETH.eth68, name: 'les' };
    expect(await refusal(node, { capabilities: [silent] })).toBe(Reason.USELESS_PEER);
  });

  it('tells whom there is no room for, and everybody when the node stops', async () => {
    const small = await emptyNode(shared, '--maxpeers', '2');
    const first = foreignPeer();
    const session = await first.dial(small.enode);
    await isPeerOf(small, first);
    expect(await refusal(small, {})).toBe(Reason.TOO_MANY_PEERS);
    expect((await small.stop()).code).toBe(0);
    expect(await session.ended()).toEqual({ by: 'remote', reason: Reason.CLIENT_QUITTING });
  });
});
