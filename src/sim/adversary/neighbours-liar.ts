import { MAX_NEIGHBORS_PER_PACKET } from '../../wire/discv4/neighbors.js';
import type { Program } from '../machines/outsider.js';
import { createDiscv4Socket } from './discv4-socket.js';
import { createPeerStreams } from './peer-streams.js';

/** Nodes of one answer (devp2p discv4.md, FindNode Packet). */
const NEIGHBORS = 16;

/**
 * A node that proves its endpoint and answers each FINDNODE with ids of its own making: half of them at addresses where
 * anyone may be, half at ports of its own, where it answers pings under its one true id only (A1, A10).
 */
export const neighboursLiar: Program = (ports) => {
  const { random, address } = ports;
  let made = 0;
  const anywhere = (): string =>
    [20 + random.below(100), random.below(256), random.below(256), 1 + random.below(254)].join('.');
  const lie = () => {
    const { publicKey } = ports.newIdentity(`neighbour ${made++}`);
    const isOurs = made % 2 === 0;
    const port = isOurs ? 2_000 + random.below(60_000) : address.port;
    return { publicKey, endpoint: { ip: isOurs ? address.ip : anywhere(), udpPort: port, tcpPort: port } };
  };
  const socket = createDiscv4Socket(ports, {
    onFindNode(from) {
      const nodes = Array.from({ length: NEIGHBORS }, lie);
      socket.neighbors(from, nodes.slice(0, MAX_NEIGHBORS_PER_PACKET));
      socket.neighbors(from, nodes.slice(MAX_NEIGHBORS_PER_PACKET));
    },
  });
  const streams = createPeerStreams(ports, {});
  return (input) => {
    if (input.kind === 'datagram') socket.onDatagram(input.from, input.data);
    else streams.onInput(input);
  };
};
