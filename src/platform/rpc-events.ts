import { BoundedMap } from '../base/bounded.js';
import type { NodeId } from '../base/brand.js';
import type { PeerEvent } from '../net/peer-view.js';
import type { Node } from '../node/node.js';
import type { NodeEvent } from '../node/output.js';
import { toRpcPeer } from '../node/rpc/net.js';
import type { RpcEvent, RpcPeer } from '../rpc/backend.js';

/** Peers whose last view is kept, so that their going can be told with it: more than can be connected. */
const MAX_REMEMBERED = 1024;

/** Tells JSON-RPC's subscribers what happens in a node. */
export interface EventRelay {
  /** The node whose peers are shown. */
  watch(node: Node): void;
  onEvent(event: NodeEvent): void;
  onPeerEvent(event: PeerEvent): void;
}

/** Creates a relay to `notify`. */
export function createEventRelay(notify: (event: RpcEvent) => void): EventRelay {
  const remembered = new BoundedMap<NodeId, RpcPeer>(MAX_REMEMBERED);
  let node: Node | undefined;

  return {
    watch(watched) {
      node = watched;
    },
    onEvent(event) {
      switch (event.kind) {
        case 'head':
          notify({ kind: 'head', added: event.added, isWhole: event.isWhole });
          return;
        case 'pending-transactions':
          notify({ kind: 'transactions', transactions: event.transactions });
          return;
        case 'sync': {
          const { syncing, ...progress } = node?.rooms.swarm.syncStatus() ?? { syncing: false };
          notify({ kind: 'syncing', progress: syncing && 'currentBlock' in progress ? progress : undefined });
        }
      }
    },
    onPeerEvent(event) {
      if (event.kind === 'add') {
        // Only the time that scores are shown for depends on it.
        const view = node?.rooms.swarm.peers(0).find((peer) => peer.id === event.peer);
        if (view === undefined) return;
        const peer = toRpcPeer(view);
        remembered.set(event.peer, peer);
        notify({ kind: 'peer', change: 'add', peer, error: undefined });
      } else {
        const peer = remembered.peek(event.peer);
        remembered.delete(event.peer);
        if (peer !== undefined) notify({ kind: 'peer', change: 'drop', peer, error: event.reason });
      }
    },
  };
}
