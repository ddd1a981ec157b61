import { eventually } from '../../support/eventually.js';
import type { LiveNode } from '../../support/live-node.js';
import type { ForeignPeer } from './foreign-peer.js';

/** What a node of ours thinks of a peer, as `admin_peerScores` tells it. */
export interface ScoreEntry {
  readonly nodeId: string;
  readonly score: number;
  readonly connected: boolean;
  readonly lastFailure?: string | null;
}

/** The node's entry for the peer; undefined if it has none. */
export const scoreOf = async (of: LiveNode, { nodeId }: ForeignPeer): Promise<ScoreEntry | undefined> =>
  (await of.call<ScoreEntry[]>('admin_peerScores')).find((entry) => entry.nodeId === nodeId);

/** Waits until a node of ours counts the peer among its own: then both sides are through with the handshake. */
export const isPeerOf = (of: LiveNode, { nodeId }: ForeignPeer): Promise<boolean> =>
  eventually('it is a peer', async () =>
    (await of.call<{ id: string; protocols: { eth: unknown } }[]>('admin_peers')).some(
      ({ id, protocols }) => id === nodeId && typeof protocols.eth === 'object',
    ),
  );
