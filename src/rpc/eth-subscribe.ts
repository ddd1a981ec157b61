import { ErrorCode, RpcError, serverError } from './errors.js';
import { logQuery } from './log-query.js';
import { type Call, type Method, method, readParam } from './method.js';
import { type Decode, optional, required } from './param.js';
import { string } from './param-values.js';
import type { Session } from './session.js';
import type { Subscriptions, Topic } from './subscriptions.js';

const anything: Decode<unknown> = (json) => json;
const LOG_OPTIONS = required('Filter', logQuery);

function sessionOf(call: Call): Session {
  if (call.session !== undefined) return call.session;
  throw new RpcError(
    ErrorCode.methodNotFound,
    'notifications not supported',
    'subscribe over WebSocket (same port) or the IPC socket; over HTTP poll with eth_newBlockFilter',
  );
}

function ethTopic(name: string, options: unknown): Topic {
  switch (name) {
    case 'newHeads':
    case 'syncing':
      return name;
    case 'logs':
      // The query must make sense, although nothing will ever match it.
      readParam(LOG_OPTIONS, options ?? {}, 1);
      return name;
    case 'newPendingTransactions':
      return options === true ? 'fullPendingTransactions' : name;
    default:
      throw unknownTopic(name, 'eth', 'newHeads, logs, newPendingTransactions, syncing');
  }
}

function unknownTopic(name: string, namespace: string, known: string): RpcError {
  return new RpcError(
    ErrorCode.methodNotFound,
    `no "${name}" subscription in ${namespace} namespace`,
    `there are: ${known}`,
  );
}

function unsubscribe(subscriptions: Subscriptions, call: Call, id: string): boolean {
  if (subscriptions.remove(sessionOf(call), id)) return true;
  throw serverError('subscription not found', 'a subscription belongs to the connection that made it');
}

/** Notifications over WebSocket and IPC. */
export function subscribeMethods(subscriptions: Subscriptions): readonly Method[] {
  const name = required('Subscription', string);
  const id = required('Subscription identifier', string);
  return [
    method('eth_subscribe', [name, optional('Options', anything)], (call, topic, options) =>
      subscriptions.add(sessionOf(call), ethTopic(topic, options)),
    ),
    method('eth_unsubscribe', [id], (call, subscription) => unsubscribe(subscriptions, call, subscription)),
    method('admin_subscribe', [name], (call, topic) => {
      if (topic !== 'peerEvents') throw unknownTopic(topic, 'admin', 'peerEvents');
      return subscriptions.add(sessionOf(call), topic);
    }),
    method('admin_unsubscribe', [id], (call, subscription) => unsubscribe(subscriptions, call, subscription)),
  ];
}
