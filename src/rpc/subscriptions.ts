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

/**
 * Subscriptions of all connections together, each a message for every event; the attack is one of many connections, which
 * makes the node write messages and do nothing else. 500 connections may have 32 each.
 */
export const MAX_SUBSCRIPTIONS = 16_384;

/** Characters that are handed to a session at once: enough to be cheap, few enough that a lagging one is dropped in time. */
const CHUNK_LENGTH = 256 * 1024;

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
  /** Returns the id; throws when there are too many, or the session was closed. */
  add(session: Session, topic: Topic): string;
  /** True if the session had it. */
  remove(session: Session, id: string): boolean;
  /** Ends what the session has, and refuses what a call of it that is still under way asks for. */
  close(session: Session): void;
  notify(event: RpcEvent): void;
}

/** What an event means to each topic. */
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

/** A notification without the id of its subscription, which belongs in the middle. */
interface Frame {
  readonly before: string;
  readonly after: string;
}

/** The notifications of an event to each topic, written once however many listen. */
function frames(event: RpcEvent, topic: Topic): readonly Frame[] {
  const method = topic === 'peerEvents' ? 'admin_subscription' : 'eth_subscription';
  const before = `{"jsonrpc":"2.0","method":"${method}","params":{"subscription":"`;
  return messages(event, topic).map((result) => ({ before, after: `","result":${JSON.stringify(result)}}}` }));
}

/** Creates the registry. */
export function createSubscriptions(random: Random): Subscriptions {
  // BOUNDED: by the transport's limit of connections, and MAX_SUBSCRIPTIONS.
  const sessions = new Map<Session, Subscription[]>();
  const closed = new WeakSet<Session>();
  let count = 0;

  function tell(session: Session, own: readonly Subscription[], framesOf: (topic: Topic) => readonly Frame[]): void {
    let texts: string[] = [];
    let length = 0;
    for (const { id, topic } of own)
      for (const { before, after } of framesOf(topic)) {
        const text = before + id + after;
        texts.push(text);
        length += text.length;
        if (length < CHUNK_LENGTH) continue;
        session.notify(texts);
        if (closed.has(session)) return;
        texts = [];
        length = 0;
      }
    if (texts.length > 0) session.notify(texts);
  }

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
      if (count >= MAX_SUBSCRIPTIONS)
        throw new RpcError(
          ErrorCode.limit,
          'too many subscriptions on this node',
          `at most ${MAX_SUBSCRIPTIONS} of all connections: poll with a filter, or try again later`,
        );
      const id = randomId(random);
      count++;
      own.push({ id, topic });
      sessions.set(session, own);
      return id;
    },
    remove(session, id) {
      const own = sessions.get(session);
      const at = own?.findIndex((subscription) => subscription.id === id) ?? -1;
      if (own === undefined || at < 0) return false;
      own.splice(at, 1);
      count--;
      return true;
    },
    close(session) {
      closed.add(session);
      count -= sessions.get(session)?.length ?? 0;
      sessions.delete(session);
    },
    notify(event) {
      if (sessions.size === 0) return;
      const made = new Map<Topic, readonly Frame[]>();
      const framesOf = (topic: Topic): readonly Frame[] => {
        const ready = made.get(topic) ?? frames(event, topic);
        made.set(topic, ready);
        return ready;
      };
      for (const [session, own] of sessions) tell(session, own, framesOf);
    },
  };
}
