import { BoundedSet } from '../../base/bounded.js';
import type { Hash32, NodeId, PublicKey } from '../../base/brand.js';
import { DecodeError } from '../../codec/decode-error.js';
import type { IdentityScheme } from '../../ports/identity.js';
import type { SocketAddress } from '../../types/endpoint.js';
import { enrRequest } from '../../wire/discv4/enr-request.js';
import { enrResponse } from '../../wire/discv4/enr-response.js';
import { findNode } from '../../wire/discv4/find-node.js';
import { neighbors } from '../../wire/discv4/neighbors.js';
import { isPacketSize, openPacket, type Packet, signerOf, typeOf } from '../../wire/discv4/packet.js';
import { ping } from '../../wire/discv4/ping.js';
import { pong } from '../../wire/discv4/pong.js';
import type { Bonds } from './bonds.js';
import type { Client } from './client.js';
import type { ClockCheck } from './clock-check.js';
import type { Counters } from './counters.js';
import type { DropReason } from './discovery.js';
import type { TrafficLimits } from './limits.js';
import type { NodeRecords } from './node-records.js';
import type { Server } from './server.js';

/** Answered requests remembered: more than honest nodes ask one node in the 20 s that a request is good for. */
const MAX_ANSWERED = 1024;

/** What the gate needs from the rest of discovery. */
export interface PacketGateDeps {
  readonly self: PublicKey;
  readonly scheme: IdentityScheme;
  readonly records: NodeRecords;
  readonly limits: TrafficLimits;
  readonly bonds: Bonds;
  readonly client: Client;
  readonly server: Server;
  readonly counters: Counters;
  readonly clock: ClockCheck;
  readonly isAllowed: (ip: string) => boolean;
}

/**
 * Checks datagrams in the order of what the check costs: size, rate, hash, form, expiration, whether anyone waits for
 * it, and only then the signature. Who floods us with packets makes us compute hashes, at the rate we allow.
 */
export class PacketGate {
  readonly #deps: PacketGateDeps;
  /** Requests answered lately, by their hashes. */
  readonly #answered = new BoundedSet<Hash32>(MAX_ANSWERED);

  constructor(deps: PacketGateDeps) {
    this.#deps = deps;
  }

  /** Takes a datagram from a canonical address. Nothing in it makes it throw. */
  onDatagram(nowMs: number, from: SocketAddress, data: Uint8Array): void {
    const { counters } = this.#deps;
    counters.received++;
    counters.receivedBytes += data.length;
    const refusal = this.#refusalUnread(nowMs, from, data) ?? this.#open(nowMs, from, data);
    if (refusal !== undefined) counters.drop(refusal);
  }

  /** Why a datagram is dropped without a look at its content. */
  #refusalUnread(nowMs: number, from: SocketAddress, data: Uint8Array): DropReason | undefined {
    if (!isPacketSize(data.length)) return 'size';
    // A forged datagram can come from there, and none can go there.
    if (from.port === 0) return 'no-port';
    if (!this.#deps.isAllowed(from.ip)) return 'not-allowed';
    const isAdmitted = this.#deps.limits.admitPacket(nowMs, from) || this.#isAwaited(nowMs, from, data);
    return isAdmitted ? undefined : 'rate-limited';
  }

  /**
   * True if this may be the answer that we wait for: junk in a node's name must not keep us from hearing it. Pongs and records name
   * the hash of what they answer, which nobody else knows; NEIGHBORS cost a signature check each, and have a limit of their own.
   */
  #isAwaited(nowMs: number, from: SocketAddress, data: Uint8Array): boolean {
    const { client, limits } = this.#deps;
    switch (typeOf(data)) {
      case pong.type:
        return client.expects('pong', from);
      case enrResponse.type:
        return client.expects('enr-response', from);
      case neighbors.type:
        return client.expects('neighbors', from) && limits.admitAwaited(nowMs, from);
      default:
        return false;
    }
  }

  #open(nowMs: number, from: SocketAddress, data: Uint8Array): DropReason | undefined {
    try {
      return this.#dispatch(nowMs, from, openPacket(data));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return error.code === 'bad-mac' ? 'bad-hash' : 'bad-packet';
    }
  }

  #dispatch(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    switch (packet.type) {
      case ping.type:
        return this.#onPing(nowMs, from, packet);
      case pong.type:
        return this.#onPong(nowMs, from, packet);
      case findNode.type:
        return this.#onFindNode(nowMs, from, packet);
      case neighbors.type:
        return this.#onNeighbors(nowMs, from, packet);
      case enrRequest.type:
        return this.#onEnrRequest(nowMs, from, packet);
      case enrResponse.type:
        return this.#onEnrResponse(nowMs, from, packet);
      default:
        return 'bad-packet';
    }
  }

  #onPing(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    const message = ping.decode(packet.data);
    if (isExpired(nowMs, message)) return 'expired';
    const { bonds, limits } = this.#deps;
    if (!bonds.mayBeProved(from) && !limits.admitStranger(nowMs)) return 'rate-limited';
    return this.#signed(packet, (_, publicKey) => {
      // The packet's own idea of its address is ignored: it may sit behind NAT, or lie.
      const endpoint = { ip: from.ip, udpPort: from.port, tcpPort: message.from.tcpPort };
      this.#deps.server.onPing(nowMs, this.#deps.records.of(publicKey, endpoint), packet.hash, message);
      return undefined;
    });
  }

  #onPong(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    const message = pong.decode(packet.data);
    const { client, clock } = this.#deps;
    const isExpected = client.expects('pong', from, message.pingHash);
    if (isExpired(nowMs, message)) {
      // It names our ping, so somebody there has just received it: to them it is not that late.
      if (isExpected) clock.heard(nowMs, from, message.expiration);
      return 'expired';
    }
    if (!isExpected) return 'unsolicited';
    return this.#signed(packet, (nodeId) => (client.onPong(nowMs, from, nodeId, message) ? undefined : 'unsolicited'));
  }

  #onFindNode(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    const message = findNode.decode(packet.data);
    if (isExpired(nowMs, message)) return 'expired';
    if (!this.#deps.bonds.mayBeProved(from)) return 'no-endpoint-proof';
    return this.#once(packet, (nodeId) => this.#deps.server.onFindNode(nowMs, from, nodeId, message));
  }

  #onNeighbors(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    const message = neighbors.decode(packet.data);
    if (isExpired(nowMs, message)) return 'expired';
    const { client } = this.#deps;
    if (!client.expects('neighbors', from)) return 'unsolicited';
    return this.#signed(packet, (nodeId) =>
      client.onNeighbors(nowMs, from, nodeId, message) ? undefined : 'unsolicited',
    );
  }

  #onEnrRequest(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    const message = enrRequest.decode(packet.data);
    if (isExpired(nowMs, message)) return 'expired';
    if (!this.#deps.bonds.mayBeProved(from)) return 'no-endpoint-proof';
    return this.#once(packet, (nodeId) => this.#deps.server.onEnrRequest(nowMs, from, nodeId, packet.hash));
  }

  #onEnrResponse(nowMs: number, from: SocketAddress, packet: Packet): DropReason | undefined {
    const { requestHash, record } = enrResponse.decode(packet.data);
    const { client } = this.#deps;
    if (!client.expects('enr-response', from, requestHash)) return 'unsolicited';
    return this.#signed(packet, (nodeId) =>
      client.onEnrResponse(nowMs, from, nodeId, requestHash, record) ? undefined : 'unsolicited',
    );
  }

  /** A request that is answered once: whoever got it from its sender could let any number of nodes answer it again and again. */
  #once(packet: Packet, handle: (nodeId: NodeId) => DropReason | undefined): DropReason | undefined {
    if (this.#answered.has(packet.hash)) return 'repeated';
    const refusal = this.#signed(packet, handle);
    if (refusal === undefined) this.#answered.add(packet.hash);
    return refusal;
  }

  /** Pays for the signature, and hands the packet on if it has a signer other than ourselves. */
  #signed(
    packet: Packet,
    handle: (nodeId: NodeId, publicKey: PublicKey) => DropReason | undefined,
  ): DropReason | undefined {
    const { counters, scheme, self } = this.#deps;
    counters.recoveries++;
    const publicKey = signerOf(scheme, packet);
    if (publicKey === undefined) return 'bad-signature';
    if (publicKey === self) return 'self';
    return handle(scheme.nodeIdOf(publicKey), publicKey);
  }
}

function isExpired(nowMs: number, { expiration }: { readonly expiration: number }): boolean {
  return expiration * 1000 < nowMs;
}
