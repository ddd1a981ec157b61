import type { Random } from '../ports/random.js';
import { adminMethods } from './admin.js';
import { adminHostMethods } from './admin-host.js';
import type { RpcBackend, RpcEvent } from './backend.js';
import type { HeldAnswers } from './batch.js';
import { debugMethods } from './debug.js';
import { debugHostMethods } from './debug-host.js';
import { discoveryMethods, namespaceOf } from './discovery.js';
import { createDispatcher, type Dispatcher, type DispatchLimits } from './dispatcher.js';
import { ethBlockMethods } from './eth-blocks.js';
import { ethCallMethods } from './eth-call.js';
import { ethChainMethods } from './eth-chain.js';
import { ethFeeMethods } from './eth-fees.js';
import { ethFilterMethods } from './eth-filters.js';
import { ethMiningMethods } from './eth-mining.js';
import { ethSendMethods } from './eth-send.js';
import { ethStateMethods } from './eth-state.js';
import { subscribeMethods } from './eth-subscribe.js';
import { ethTransactionMethods, receiptOf } from './eth-transactions.js';
import { createFilters } from './filters.js';
import { createGasOracle } from './gas-oracle.js';
import type { Method } from './method.js';
import { minerMethods } from './miner.js';
import { missingHint } from './missing.js';
import { netWeb3Methods } from './net-web3.js';
import { otsMethods } from './ots.js';
import { createReceiptWaiters } from './receipt-waiters.js';
import type { Session } from './session.js';
import { createSubscriptions } from './subscriptions.js';
import { txpoolMethods } from './txpool.js';

/** Every namespace there is. `rpc` is always offered. */
export const NAMESPACES = ['eth', 'net', 'web3', 'txpool', 'admin', 'debug', 'miner', 'ots', 'rpc'] as const;

/** One of {@link NAMESPACES}. */
export type Namespace = (typeof NAMESPACES)[number];

/** What HTTP and WebSocket offer unless told otherwise: nothing that commands the node. */
export const DEFAULT_HTTP_NAMESPACES: readonly Namespace[] = ['eth', 'net', 'web3', 'txpool'];

/** What the service needs. */
export interface RpcDeps {
  readonly backend: RpcBackend;
  readonly random: Random;
  /** Told of each bug; callers only learn that there was one. */
  readonly onBug: (method: string, error: unknown) => void;
}

/** JSON-RPC without a transport. Transports make one dispatcher each and report time, events and lost connections. */
export interface RpcService {
  /** A dispatcher of the methods in these namespaces. */
  dispatcher(namespaces: readonly Namespace[], limits?: DispatchLimits): Dispatcher;
  /** Tells filters, subscribers and waiting callers what happened. */
  notify(event: RpcEvent): void;
  /** Ends what has had its time; to be called about once a second. */
  tick(nowMs: number): void;
  /** Ends the subscriptions of a lost connection. */
  closeSession(session: Session): void;
}

/** Creates the service over one node. */
export function createRpcService({ backend, random, onBug }: RpcDeps): RpcService {
  const held: HeldAnswers = { length: 0 };
  const filters = createFilters(random);
  const subscriptions = createSubscriptions(random);
  const waiters = createReceiptWaiters((hash) => receiptOf(backend, hash));
  const oracle = createGasOracle(backend.chain, backend.pool);
  const all: readonly Method[] = [
    ...ethChainMethods(backend),
    ...ethBlockMethods(backend),
    ...ethStateMethods(backend),
    ...ethTransactionMethods(backend),
    ...ethSendMethods(backend, waiters),
    ...ethFeeMethods(backend, oracle),
    ...ethCallMethods(backend, oracle),
    ...ethFilterMethods(backend, filters),
    ...subscribeMethods(subscriptions),
    ...ethMiningMethods(backend),
    ...netWeb3Methods(backend),
    ...txpoolMethods(backend),
    ...adminMethods(backend),
    ...adminHostMethods(backend),
    ...minerMethods(backend),
    ...debugMethods(backend),
    ...debugHostMethods(backend),
    ...otsMethods(backend),
  ];
  const known = new Set(all.map(({ name }) => name));

  return {
    dispatcher(namespaces, limits) {
      const offered = all.filter(({ name }) => namespaces.some((namespace) => namespace === namespaceOf(name)));
      const methods = [...offered, ...discoveryMethods(offered, backend.node.clientVersion)];
      return createDispatcher(methods, { onBug, hintFor: (name) => missingHint(name, known) }, limits, held);
    },
    notify(event) {
      if (event.kind === 'head') {
        filters.onBlocks(event.added);
        waiters.onBlocks(event.added, event.isWhole);
      }
      if (event.kind === 'transactions') filters.onTransactions(event.transactions);
      subscriptions.notify(event);
    },
    tick(nowMs) {
      filters.tick(nowMs);
      waiters.tick(nowMs);
    },
    closeSession: (session) => subscriptions.close(session),
  };
}
