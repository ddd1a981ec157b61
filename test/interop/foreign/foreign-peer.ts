import type { AddressInfo, Server, Socket } from 'node:net';
import type { Common } from '@ethereumjs/common';
import { ETH, EthMessageCodes, type EthStatusMsg, genPrivateKey, type Peer, RLPx } from '@ethereumjs/devp2p';
import { type Input, type NestedUint8Array, RLP } from '@ethereumjs/rlp';
import { bigIntToBytes, bytesToBigInt, bytesToHex, hexToBytes, intToBytes } from '@ethereumjs/util';
import * as snappy from 'snappyjs';
import { toNodeId } from '../../../src/base/hex.js';
import { keccak256 } from '../../../src/crypto/keccak.js';
import { eventually } from '../../support/eventually.js';
import { bytes, type EthMessage, type Item, list, type Serve } from './serve.js';

/** The versions of eth that both sides speak. */
export type Version = 66 | 67 | 68;

const CAPABILITIES = { 66: ETH.eth66, 67: ETH.eth67, 68: ETH.eth68 } as const;

/** What the foreign peer says of its chain. */
export interface Claim {
  readonly totalDifficulty: bigint;
  readonly head: string;
  readonly genesis: string;
}

/** The Status message in the order of its fields. */
export type RawStatus = [
  version: number,
  networkId: number,
  totalDifficulty: bigint,
  head: Uint8Array,
  genesis: Uint8Array,
  forkId: [hash: Uint8Array, next: number],
];

/** How a foreign peer is made. */
export interface ForeignOptions {
  readonly common: Common;
  readonly claim: () => Claim;
  readonly versions?: readonly Version[];
  readonly serve?: Serve;
  /** Changes the Status before it leaves; then the library does not judge ours. */
  readonly status?: (honest: RawStatus) => RawStatus;
}

/** How a connection ended: with a Disconnect's reason, and who sent it; `remote` is the node under test. */
export interface SessionEnd {
  readonly by: 'remote' | 'foreign' | 'nobody';
  readonly reason: number | undefined;
}

/** The parts of the library below its public surface that these tests touch. */
export interface Internals {
  /** Of a protocol. */
  readonly _send: (code: number, data: Uint8Array) => void;
  readonly _statusTimeoutId: NodeJS.Timeout;
  /** Of a peer. */
  readonly _socket: Socket;
  readonly _disconnectReason: number | undefined;
  /** Of the listener. */
  readonly _server: Server;
  readonly _peers: ReadonlyMap<string, Socket | Peer>;
  readonly _refillIntervalId: NodeJS.Timeout;
}

/** What the library keeps to itself. */
export const internals = (of: object): Internals => of as Internals;

let lastRequestId = 0x1000;

/** One connection of the foreign library with a node of ours, from the moment both Hellos are exchanged. */
export class ForeignSession {
  readonly peer: Peer;
  readonly eth: ETH;
  readonly inbox: EthMessage[] = [];
  /** Their Status, once it came. */
  status: EthStatusMsg | undefined;
  end: SessionEnd | undefined;

  constructor(peer: Peer, serve: Serve) {
    this.peer = peer;
    this.eth = peer.getProtocols()[0] as ETH;
    this.eth.events.on('message', (code, payload) => {
      const message = { code: code as EthMessageCodes, payload: list(payload) };
      if (code === EthMessageCodes.STATUS) this.status = payload as EthStatusMsg;
      this.inbox.push(message);
      for (const answer of serve(message)) this.send(answer.code, answer.payload);
    });
    peer.events.on('close', (reason?: number, byForeign?: boolean | null) => {
      this.end = { by: byForeign == null ? 'nobody' : byForeign ? 'foreign' : 'remote', reason };
    });
  }

  /** Sends a message as the library encodes it. */
  send(code: EthMessageCodes, payload: Input): void {
    this.eth.sendMessage(code, payload);
  }

  /** Sends what the library would refuse to send: below its checks, above its framing. */
  sendRaw(code: number, payload: Input): void {
    internals(this.eth)._send(code, snappy.compress(RLP.encode(payload)));
  }

  /** The first message so far, or to come, that `matches`. */
  received(what: string, matches: (message: EthMessage) => boolean): Promise<EthMessage> {
    return eventually(what, () => this.inbox.find(matches));
  }

  /** Asks, and returns the items of the answer with the same request id. */
  async request(code: EthMessageCodes, replyCode: EthMessageCodes, query: Input): Promise<NestedUint8Array> {
    const id = ++lastRequestId;
    this.send(code, [intToBytes(id), query]);
    const { payload } = await this.received(
      `the answer to request ${id}`,
      (message) => message.code === replyCode && bytesToBigInt(bytes(message.payload[0])) === BigInt(id),
    );
    return list(payload[1]);
  }

  /** How it ended, once it has. */
  ended(): Promise<SessionEnd> {
    return eventually('the connection ends', () => this.end);
  }
}

/** A peer that is nothing but the foreign library. */
export class ForeignPeer {
  readonly rlpx: RLPx;
  readonly privateKey: Uint8Array;
  readonly sessions: ForeignSession[] = [];
  /** What the library complained of, in order. */
  readonly errors: string[] = [];

  constructor(options: ForeignOptions, privateKey = genPrivateKey()) {
    this.privateKey = privateKey;
    this.rlpx = new RLPx(privateKey, {
      common: options.common,
      capabilities: (options.versions ?? [66, 67, 68]).map((version) => CAPABILITIES[version]),
      clientId: new TextEncoder().encode('foreign/1.0'),
      listenPort: null,
    });
    this.rlpx.events.on('peer:error', (_peer, error) => this.errors.push(String(error)));
    this.rlpx.events.on('peer:added', (peer) => {
      const session = new ForeignSession(peer, options.serve ?? (() => []));
      this.sessions.push(session);
      sendStatus(session, options);
    });
  }

  /** Its node id as our RPC writes it: 64 digits without prefix. */
  get nodeId(): string {
    return toNodeId(keccak256(this.rlpx.id)).slice(2);
  }

  /** Waits for connections on a free port and returns the URL to dial. */
  async listen(): Promise<string> {
    this.rlpx.listen(0, '127.0.0.1');
    const server = internals(this.rlpx)._server;
    const { port } = await eventually('it listens', () => (server.address() as AddressInfo | null) ?? undefined);
    return `enode://${bytesToHex(this.rlpx.id).slice(2)}@127.0.0.1:${port}`;
  }

  /** Dials a node of ours. */
  async dial(enode: string): Promise<ForeignSession> {
    await this.rlpx.connect({ id: idOf(enode), address: '127.0.0.1', tcpPort: portOf(enode) });
    return this.session();
  }

  /** The `n`th connection that got as far as both Hellos and both Statuses. */
  async session(n = 0): Promise<ForeignSession> {
    return eventually('both have said Hello and Status', () => {
      const session = this.sessions[n];
      return session?.status === undefined ? undefined : session;
    });
  }

  /** Leaves at once. */
  destroy(): void {
    const { _peers, _refillIntervalId, _server } = internals(this.rlpx);
    const sockets = [..._peers.values()].map((item) => ('destroy' in item ? item : internals(item)._socket));
    clearInterval(_refillIntervalId);
    _server.close();
    for (const socket of sockets) socket.destroy();
  }
}

function sendStatus(session: ForeignSession, { common, claim, status }: ForeignOptions): void {
  const { totalDifficulty, head, genesis } = claim();
  const [bestHash, genesisHash] = [hexToBytes(head as `0x${string}`), hexToBytes(genesis as `0x${string}`)];
  if (status === undefined) {
    session.eth.sendStatus({ td: bigIntToBytes(totalDifficulty), bestHash, genesisHash });
    return;
  }
  // The library's own timer for the exchange that it does not take part in.
  clearTimeout(internals(session.eth)._statusTimeoutId);
  const forkHash = hexToBytes(common.forkHash());
  const version = session.eth.getVersion();
  const honest: RawStatus = [version, Number(common.chainId()), totalDifficulty, bestHash, genesisHash, [forkHash, 0]];
  session.sendRaw(EthMessageCodes.STATUS, status(honest));
}

const match = (enode: string): RegExpExecArray => {
  const found = /^enode:\/\/([0-9a-f]{128})@127\.0\.0\.1:(\d+)(?:\?discport=(\d+))?$/.exec(enode);
  if (found === null) throw new Error(`not a local enode URL: ${enode}`);
  return found;
};

/** The public key in an enode URL. */
export const idOf = (enode: string): Uint8Array => hexToBytes(`0x${match(enode)[1]}`);
/** The TCP port in an enode URL. */
export const portOf = (enode: string): number => Number(match(enode)[2]);
/** The UDP port in an enode URL. */
export const udpPortOf = (enode: string): number => Number(match(enode)[3] ?? match(enode)[2]);

/** Items as hex, for comparisons that show what differs. */
export const toHexTree = (item: Item): unknown =>
  item instanceof Uint8Array ? bytesToHex(item) : item.map((inner) => toHexTree(inner));
