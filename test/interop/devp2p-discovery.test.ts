import { createSocket, type Socket } from 'node:dgram';
import { DPT, ENR, genPrivateKey, type PeerInfo } from '@ethereumjs/devp2p';
import { RLP } from '@ethereumjs/rlp';
import { bytesToHex } from '@ethereumjs/util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { toHash32, toPublicKey } from '../../src/base/hex.js';
import { createIdentity, secp256k1Scheme } from '../../src/crypto/identity.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { decodeEnr, formatEnr } from '../../src/types/enr.js';
import { enrRequest } from '../../src/wire/discv4/enr-request.js';
import { enrResponse } from '../../src/wire/discv4/enr-response.js';
import { findNode } from '../../src/wire/discv4/find-node.js';
import { neighbors } from '../../src/wire/discv4/neighbors.js';
import { openPacket, type Packet, sealPacket } from '../../src/wire/discv4/packet.js';
import { ping } from '../../src/wire/discv4/ping.js';
import { pong } from '../../src/wire/discv4/pong.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, startNode } from '../support/live-node.js';
import { freePort, killAll } from '../support/processes.js';
import { idOf, portOf, udpPortOf } from './foreign/foreign-peer.js';
import { type SharedChain, sharedChain } from './foreign/shared-chain.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let shared: SharedChain;
let node: LiveNode;

const discovering = (...args: string[]): Promise<LiveNode> =>
  startNode({ genesis: shared.genesisFile, args: ['--fakepow', ...args] });

beforeAll(async () => {
  await selectCrypto();
  shared = sharedChain(0);
  node = await discovering();
});
afterAll(killAll);

/** The foreign library's discovery, on a port of its own. */
interface ForeignNode {
  readonly dpt: DPT;
  readonly enode: string;
  readonly id: Uint8Array;
  /** What it could not make sense of. */
  readonly errors: string[];
}

const foreign: ForeignNode[] = [];
afterEach(() => {
  for (const { dpt } of foreign.splice(0)) dpt.destroy();
});

async function foreignNode(): Promise<ForeignNode> {
  const port = await freePort();
  const endpoint: PeerInfo = { address: '127.0.0.1', udpPort: port, tcpPort: port };
  // Asks each node that it knows once a second, for a random target.
  const dpt = new DPT(genPrivateKey(), { endpoint, refreshInterval: 1000 });
  const id = dpt.id ?? new Uint8Array(0);
  const made = { dpt, id, enode: `enode://${bytesToHex(id).slice(2)}@127.0.0.1:${port}`, errors: [] as string[] };
  dpt.events.on('error', (error) => made.errors.push(String(error)));
  foreign.push(made);
  await new Promise<void>((resolve) => {
    dpt.events.once('listening', resolve as () => undefined);
    dpt.bind(port, '127.0.0.1');
  });
  return made;
}

const infoOf = (enode: string): PeerInfo => ({
  id: idOf(enode),
  address: '127.0.0.1',
  udpPort: udpPortOf(enode),
  tcpPort: portOf(enode),
});

const knows = (who: ForeignNode, id: Uint8Array): Promise<PeerInfo> =>
  eventually('it has the node in its table', () => who.dpt.getPeer(id) ?? undefined);

describe('the library’s discovery', () => {
  it('bonds with us, and finds a third node through us', async () => {
    const third = await foreignNode();
    await third.dpt.bootstrap(infoOf(node.enode));
    expect(await knows(third, idOf(node.enode))).toMatchObject({ udpPort: udpPortOf(node.enode) });

    const seeker = await foreignNode();
    await seeker.dpt.bootstrap(infoOf(node.enode));
    // They know of each other by our NEIGHBORS alone, which goes to proven endpoints and holds live nodes: we have bonded.
    expect(await knows(seeker, third.id)).toMatchObject({ address: '127.0.0.1' });
    expect([...third.errors, ...seeker.errors]).toEqual([]);
  });

  it('is a bootnode of ours: we find a third node through it, and connect', async () => {
    const boot = await foreignNode();
    const target = await discovering();
    await boot.dpt.bootstrap(infoOf(target.enode));
    await knows(boot, idOf(target.enode));

    const seeker = await discovering('--bootnodes', boot.enode);
    await eventually('they are peers', async () =>
      (await seeker.call<{ id: string; protocols: { eth: unknown } }[]>('admin_peers')).some(
        ({ protocols }) => typeof protocols.eth === 'object',
      ),
    );
    const [[peer], { id }] = await Promise.all([
      seeker.call<{ id: string }[]>('admin_peers'),
      target.call<{ id: string }>('admin_nodeInfo'),
    ]);
    expect(peer?.id).toBe(id);
    // The library has learnt of the seeker from its pings.
    await knows(boot, idOf(seeker.enode));
    expect(boot.errors).toEqual([]);
    for (const each of [target, seeker]) expect((await each.stop()).code).toBe(0);
  });

  it('verifies our node record and reads our endpoint in it', async () => {
    const { enr } = await node.call<{ enr: string }>('admin_nodeInfo');
    const { id, ...endpoint } = infoOf(node.enode);
    expect(id).toHaveLength(64);
    expect(ENR.parseAndVerifyRecord(enr)).toEqual(endpoint);
  });
});

// The library knows packets 1 to 4 only, so EIP-868 is spoken here by our own codecs over a plain socket.
describe('EIP-868', () => {
  const identity = createIdentity(genPrivateKey());
  const received: Packet[] = [];
  let socket: Socket;
  let local: { ip: string; udpPort: number; tcpPort: number };
  const expiration = (): number => Math.floor(Date.now() / 1000) + 20;

  beforeAll(async () => {
    socket = createSocket('udp4');
    socket.on('message', (datagram) => received.push(openPacket(new Uint8Array(datagram))));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    local = { ip: '127.0.0.1', udpPort: socket.address().port, tcpPort: 0 };
  });
  afterAll(() => socket.close());

  function send(type: number, data: Uint8Array): string {
    const { datagram, hash } = sealPacket(identity, type, data);
    socket.send(datagram, udpPortOf(node.enode), '127.0.0.1');
    return toHash32(hash);
  }
  const next = (type: number, fits: (data: Uint8Array) => boolean = () => true): Promise<Packet> =>
    eventually(`packet ${type}`, () => received.find((packet) => packet.type === type && fits(packet.data)));

  it('a stranger gets a pong and a ping, and neither record nor neighbours', async () => {
    send(enrRequest.type, enrRequest.encode({ expiration: expiration() }));
    const target = toPublicKey(idOf(node.enode));
    send(findNode.type, findNode.encode({ target, expiration: expiration() }));
    const to = { ip: '127.0.0.1', udpPort: udpPortOf(node.enode), tcpPort: 0 };
    const hash = send(ping.type, ping.encode({ from: local, to, expiration: expiration(), enrSeq: 1n }));
    const answer = pong.decode((await next(pong.type, (data) => pong.decode(data).pingHash === hash)).data);
    expect(answer).toMatchObject({ to: local, enrSeq: expect.any(BigInt) });
    await next(ping.type);
    expect(received.filter(({ type }) => type === enrResponse.type || type === neighbors.type)).toEqual([]);
  });

  it('who has answered our ping gets the record that admin_nodeInfo shows', async () => {
    const theirs = await next(ping.type);
    send(pong.type, pong.encode({ to: local, pingHash: theirs.hash, expiration: expiration(), enrSeq: 1n }));
    const hash = send(enrRequest.type, enrRequest.encode({ expiration: expiration() }));
    const response = enrResponse.decode((await next(enrResponse.type)).data);
    expect(response.requestHash).toBe(hash);
    const record = decodeEnr(response.record, secp256k1Scheme);
    const { enr } = await node.call<{ enr: string }>('admin_nodeInfo');
    expect(formatEnr(record)).toBe(enr);
    expect(record.seq).toBe(ping.decode(theirs.data).enrSeq);
    const forkId = RLP.decode(record.pairs.get('eth') ?? new Uint8Array(0));
    expect(forkId).toEqual([[expect.any(Uint8Array), new Uint8Array(0)]]);
    expect(bytesToHex((forkId as Uint8Array[][])[0]?.[0] ?? new Uint8Array(0))).toBe(shared.common.forkHash());
  });

  it('and is asked for its own, since its pings name one', async () => {
    await next(enrRequest.type);
  });
});
