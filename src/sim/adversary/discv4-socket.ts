import type { Hash32, PublicKey } from '../../base/brand.js';
import type { SocketAddress } from '../../types/endpoint.js';
import { type FindNode, findNode } from '../../wire/discv4/find-node.js';
import type { PacketCodec } from '../../wire/discv4/message.js';
import { type Neighbors, neighbors } from '../../wire/discv4/neighbors.js';
import { openPacket, sealPacket, signerOf } from '../../wire/discv4/packet.js';
import { ping } from '../../wire/discv4/ping.js';
import { type Pong, pong } from '../../wire/discv4/pong.js';
import type { OutsiderPorts } from '../machines/outsider.js';

/** What a program wants to hear of. What it leaves out is ignored, but pings are answered and pinged back. */
export interface Discv4Handlers {
  onPong?(from: SocketAddress, message: Pong): void;
  onFindNode?(from: SocketAddress, message: FindNode, sender: PublicKey): void;
  onNeighbors?(from: SocketAddress, message: Neighbors): void;
}

/** A UDP socket that speaks discv4 as far as its endpoint proof. */
export interface Discv4Socket {
  /** What comes; the network of a world brings nothing that is not whole. */
  onDatagram(from: SocketAddress, data: Uint8Array): void;
  ping(to: SocketAddress): void;
  findNode(to: SocketAddress, target: PublicKey): void;
  neighbors(to: SocketAddress, nodes: Neighbors['nodes']): void;
}

/** How long packets are good for, as of every client (devp2p discv4.md). */
const EXPIRATION_S = 20;
/** Who pings is pinged back, but not each time: two such sockets would never stop. */
const PING_BACK_MS = 3_600_000;

/** A socket of the machine that `ports` belong to. */
export function createDiscv4Socket(ports: OutsiderPorts, handlers: Discv4Handlers): Discv4Socket {
  const { ip, port } = ports.address;
  const self = { ip, udpPort: port, tcpPort: port };
  const pingedAtMs = new Map<string, number>(); // BOUNDED: by the machines of the world

  function send<T>(to: SocketAddress, codec: PacketCodec<T>, message: T): void {
    const { datagram } = sealPacket(ports.identity, codec.type, codec.encode(message));
    ports.sendDatagram(to, datagram);
  }
  const expiration = (): number => Math.floor(ports.nowMs() / 1000) + EXPIRATION_S;
  const stated = (to: SocketAddress) => ({ ip: to.ip, udpPort: to.port, tcpPort: 0 });

  function sendPing(to: SocketAddress): void {
    pingedAtMs.set(`${to.ip}:${to.port}`, ports.nowMs());
    send(to, ping, { from: self, to: stated(to), expiration: expiration(), enrSeq: undefined });
  }

  function onPing(from: SocketAddress, pingHash: Hash32): void {
    send(from, pong, { to: stated(from), pingHash, expiration: expiration(), enrSeq: undefined });
    const lastMs = pingedAtMs.get(`${from.ip}:${from.port}`) ?? Number.NEGATIVE_INFINITY;
    if (ports.nowMs() - lastMs > PING_BACK_MS) sendPing(from);
  }

  return {
    onDatagram(from, data) {
      const packet = openPacket(data);
      switch (packet.type) {
        case ping.type:
          onPing(from, packet.hash);
          return;
        case pong.type:
          handlers.onPong?.(from, pong.decode(packet.data));
          return;
        case findNode.type: {
          const sender = signerOf(ports.scheme, packet);
          if (sender !== undefined) handlers.onFindNode?.(from, findNode.decode(packet.data), sender);
          return;
        }
        case neighbors.type:
          handlers.onNeighbors?.(from, neighbors.decode(packet.data));
      }
    },
    ping: sendPing,
    findNode: (to, target) => send(to, findNode, { target, expiration: expiration() }),
    neighbors: (to, nodes) => send(to, neighbors, { nodes, expiration: expiration() }),
  };
}
