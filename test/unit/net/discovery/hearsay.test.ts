import { describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import type { NodeRecord } from '../../../../src/net/discovery/discovery.js';
import { neighbors } from '../../../../src/wire/discv4/neighbors.js';
import { openPacket, sealPacket } from '../../../../src/wire/discv4/packet.js';
import {
  type Datagram,
  DiscoveryNetwork,
  enodeOf,
  type NetworkNode,
  publicIp,
} from '../../../support/discovery-network.js';

await initKeccak();

const MINUTE_MS = 60_000;

/** What a datagram would be if its sender put `tcpPort` into all that it tells of; undefined if it tells of nobody. */
function withLie({ from, to, data }: Datagram, liar: NetworkNode, tcpPort: number): Datagram | undefined {
  const packet = openPacket(data);
  if (from.ip !== liar.endpoint.ip || packet.type !== neighbors.type) return undefined;
  const { nodes, expiration } = neighbors.decode(packet.data);
  const lies = nodes.map((node) => ({ ...node, endpoint: { ...node.endpoint, tcpPort } }));
  if (nodes.every(({ endpoint }) => endpoint.tcpPort === tcpPort)) return undefined;
  const sealed = sealPacket(liar.identity, neighbors.type, neighbors.encode({ nodes: lies, expiration }));
  return { from, to, data: sealed.datagram };
}

/** Nodes who have found each other by a bootnode that lies from now on. */
function world(tcpPort: number) {
  const network = new DiscoveryNetwork(1);
  const liar = network.add({ name: 'liar', ip: publicIp(0) });
  liar.discovery.start(network.nowMs);
  const honest = Array.from({ length: 20 }, (_, i) =>
    network.add({ name: String(i), ip: publicIp(i + 1), bootnodes: [enodeOf(liar)] }),
  );
  for (const { discovery } of honest) discovery.start(network.nowMs);
  network.run(5 * MINUTE_MS);
  network.isLost = (datagram) => {
    const lie = withLie(datagram, liar, tcpPort);
    if (lie !== undefined) network.send(lie);
    return lie !== undefined;
  };
  const isLie = ({ nodeId, endpoint }: Pick<NodeRecord, 'nodeId' | 'endpoint'>): boolean =>
    nodeId !== liar.identity.nodeId && endpoint.tcpPort !== 30303;
  return { network, liar, honest, isLie };
}

/** Nodes of its table that it has told nobody of. */
const unreported = ({ discovery, reported }: NetworkNode) =>
  discovery.tableView().filter(({ nodeId }) => !reported.has(nodeId));

describe.each([{ tcpPort: 0 }, { tcpPort: 25 }])(
  'a liar who says that all nodes have TCP port $tcpPort',
  ({ tcpPort }) => {
    it('neither misleads nor delays a node that has just come', () => {
      const { network, liar, isLie } = world(tcpPort);
      const newcomer = network.add({ name: 'newcomer', ip: publicIp(100), bootnodes: [enodeOf(liar)] });
      let lies = 0;
      newcomer.onReport = (record) => (lies += Number(isLie(record)));
      newcomer.discovery.start(network.nowMs);
      network.run(2000);
      expect([lies, unreported(newcomer)]).toEqual([0, []]);
      expect(newcomer.reported.size).toBeGreaterThanOrEqual(16);
    });

    it('keeps a node that has lost what it knew from others no longer than it takes to ask them for their records', () => {
      const { network, liar, honest, isLie } = world(tcpPort);
      const lost = honest[7] as NetworkNode;
      const options = { name: '7', ip: lost.endpoint.ip, bootnodes: [enodeOf(liar)] };
      network.remove(lost);
      const again = network.add(options);
      let lies = 0;
      again.onReport = (record) => (lies += Number(isLie(record)));
      again.discovery.start(network.nowMs);
      network.run(5000);
      expect([lies, unreported(again)]).toEqual([0, []]);
      expect(again.reported.size).toBeGreaterThanOrEqual(16);
    });
  },
);
