import type { Hash32, PublicKey } from '../../base/brand.js';
import { toHash32 } from '../../base/hex.js';
import type { Identity } from '../../ports/identity.js';
import type { Endpoint, SocketAddress } from '../../types/endpoint.js';
import type { Enr } from '../../types/enr.js';
import { enrRequest } from '../../wire/discv4/enr-request.js';
import { enrResponse } from '../../wire/discv4/enr-response.js';
import { findNode } from '../../wire/discv4/find-node.js';
import type { PacketCodec } from '../../wire/discv4/message.js';
import { MAX_NEIGHBORS_PER_PACKET, neighbors } from '../../wire/discv4/neighbors.js';
import { sealPacket } from '../../wire/discv4/packet.js';
import { ping } from '../../wire/discv4/ping.js';
import { pong } from '../../wire/discv4/pong.js';
import type { Emit } from '../io.js';
import type { Counters } from './counters.js';
import type { NodeRecord } from './discovery.js';

/** How long our packets are good for. Clocks differ by seconds; a replay an hour later must fail. */
const EXPIRATION_S = 20;

/** What the packets we send say of us. */
export interface Self {
  endpoint(): Endpoint;
  enr(): Enr;
}

/** The same for a ping of a node that nobody answers: its clock may be behind by hours. */
const PATIENT_EXPIRATION_S = 86_400;

/** Builds, signs and emits packets; returns their hashes where an answer will name them. */
export class Sender {
  readonly #identity: Identity;
  readonly #emit: Emit;
  readonly #self: Self;
  readonly #counters: Counters;
  readonly #onSend: (nowMs: number, to: SocketAddress) => void;

  /** `onSend` is told of each datagram but those that answer who has proved its endpoint. */
  constructor(
    identity: Identity,
    emit: Emit,
    self: Self,
    counters: Counters,
    onSend: (nowMs: number, to: SocketAddress) => void,
  ) {
    this.#onSend = onSend;
    this.#identity = identity;
    this.#emit = emit;
    this.#self = self;
    this.#counters = counters;
  }

  /** `patient`: the ping is good for a day, whatever our clock says. */
  ping(nowMs: number, to: SocketAddress, patient: boolean): Hash32 {
    this.#onSend(nowMs, to);
    const hash = this.#send(to, ping, {
      from: this.#self.endpoint(),
      to: { ip: to.ip, udpPort: to.port, tcpPort: 0 },
      expiration: expirationOf(nowMs, patient ? PATIENT_EXPIRATION_S : EXPIRATION_S),
      enrSeq: this.#self.enr().seq,
    });
    return toHash32(hash);
  }

  /** `tcpPort` is repeated from the ping. */
  pong(nowMs: number, to: SocketAddress, pingHash: Hash32, tcpPort: number): void {
    this.#onSend(nowMs, to);
    this.#send(to, pong, {
      to: { ip: to.ip, udpPort: to.port, tcpPort },
      pingHash,
      expiration: expirationOf(nowMs),
      enrSeq: this.#self.enr().seq,
    });
  }

  findNode(nowMs: number, to: SocketAddress, target: PublicKey): undefined {
    this.#onSend(nowMs, to);
    this.#send(to, findNode, { target, expiration: expirationOf(nowMs) });
    return undefined;
  }

  /** Sends the nodes in as few packets as they fit; one without nodes if there are none. */
  neighbors(nowMs: number, to: SocketAddress, nodes: readonly NodeRecord[]): void {
    for (let at = 0; at === 0 || at < nodes.length; at += MAX_NEIGHBORS_PER_PACKET) {
      this.#send(to, neighbors, {
        nodes: nodes.slice(at, at + MAX_NEIGHBORS_PER_PACKET),
        expiration: expirationOf(nowMs),
      });
    }
  }

  enrRequest(nowMs: number, to: SocketAddress): Hash32 {
    return toHash32(this.#send(to, enrRequest, { expiration: expirationOf(nowMs) }));
  }

  enrResponse(to: SocketAddress, requestHash: Hash32): void {
    this.#send(to, enrResponse, { requestHash, record: this.#self.enr().raw });
  }

  #send<T>(to: SocketAddress, codec: PacketCodec<T>, message: T): Uint8Array {
    const { datagram, hash } = sealPacket(this.#identity, codec.type, codec.encode(message));
    this.#counters.sent++;
    this.#counters.sentBytes += datagram.length;
    this.#emit({ kind: 'send-datagram', to, data: datagram });
    return hash;
  }
}

function expirationOf(nowMs: number, lifetimeS = EXPIRATION_S): number {
  return Math.floor(nowMs / 1000) + lifetimeS;
}
