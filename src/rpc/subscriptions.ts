import type { Random } from '../ports/random.js';
import type { RpcEvent } from './backend.js';
import { ErrorCode, RpcError, serverError } from './errors.js';
import { syncingView } from './eth-chain.js';
import type { Json } from './json.js';
import { randomId } from './random-id.js';
import type { Session } from './session.js';
import { headerView } from './view-block.js';
import { transactionView } from './view-transaction.js';

/** Subscriptions of one connection; the attack is one who makes every event cost a thousand messages. */
export const MAX_SUBSCRIPTIONS_PER_SESSION = 1024;

/** What one can subscribe to. */
export type Topic =
  | 'newHeads'
  | 'logs'
  | 'newPendingTransactions'
  | 'fullPendingTransactions'
  | 'syncing'
  | 'peerEvents';

interface Subscription {
  readonly id: string;
  readonly topic: Topic;
}

/** Who gets told of what. Subscriptions never expire; they end with their session. */
export interface Subscriptions {
  /** Returns the id; throws when the session has too many or was closed. */
  add(session: Session, topic: Topic): string;
  /** True if the session had it. */
  remove(session: Session, id: string): boolean;
  /** Ends what the session has, and refuses what a call of it that is still under way asks for. */
  close(session: Session): void;
  notify(event: RpcEvent): void;
}

/** What an event means to each topic, made once however many listen. Null: nothing. */
function messages(event: RpcEvent, topic: Topic): readonly Json[] {
  switch (event.kind) {
    case 'head':
      return topic === 'newHeads' ? event.added.map(headerView) : [];
    case 'transactions':
      if (topic === 'newPendingTransactions') return event.transactions.map((transaction) => transaction.hash);
      if (topic !== 'fullPendingTransactions') return [];
      return event.transactions.map((transaction) => transactionView(transaction, undefined));
    case 'syncing':
      if (topic !== 'syncing') return [];
      return [event.progress === undefined ? false : { syncing: true, status: syncingView(event.progress) }];
    case 'peer':
      if (topic !== 'peerEvents') return [];
      // As in admin_peers, and as geth writes it: without 0x.
      return [{ type: event.change, peer: event.peer.nodeId.slice(2), error: event.error }];
  }
}

/** The method name of a topic's notifications. */
const methodOf = (topic: Topic): string => (topic === 'peerEvents' ? 'admin_subscription' : 'eth_subscription');

/** Creates the registry. */
export function createSubscriptions(random: Random): Subscriptions {
  // BOUNDED: by the transport's limit of connections times MAX_SUBSCRIPTIONS_PER_SESSION.
  const sessions = new Map<Session, Subscription[]>();
  const closed = new WeakSet<Session>();

  return {
    add(session, topic) {
      if (closed.has(session)) throw serverError('connection closed', 'connect again, then subscribe');
      const own = sessions.get(session) ?? [];
      if (own.length >= MAX_SUBSCRIPTIONS_PER_SESSION)
        throw new RpcError(
          ErrorCode.limit,
          'too many subscriptions on this connection',
          `at most ${MAX_SUBSCRIPTIONS_PER_SESSION}: unsubscribe from some, or open another connection`,
        );
      const id = randomId(random);
      own.push({ id, topic });
      sessions.set(session, own);
      return id;
    },
    remove(session, id) {
      const own = sessions.get(session);
      const at = own?.findIndex((subscription) => subscription.id === id) ?? -1;
      if (own === undefined || at < 0) return false;
      own.splice(at, 1);
      return true;
    },
    close(session) {
      closed.add(session);
      sessions.delete(session);
    },
    notify(event) {
      if (sessions.size === 0) return;
      const made = new Map<Topic, readonly Json[]>();
      for (const [session, own] of sessions)
        for (const { id, topic } of own) {
          const results = made.get(topic) ?? messages(event, topic);
          made.set(topic, results);
          for (const result of results) session.notify(methodOf(topic), { subscription: id, result });
        }
    },
  };
}
