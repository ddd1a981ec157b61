import { BoundedMap } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import type { Chain } from '../../chain/chain.js';
import type { NodeRooms } from '../../node/node.js';
import { senderOf } from '../../types/sender.js';
import type { Transaction } from '../../types/transaction.js';
import { honestNodes, type Invariant } from './invariant.js';

/** Transactions followed at once; beyond that the oldest are followed no longer. */
const MAX_FOLLOWED = 20_000;
/** Nodes remembered to have held a transaction: among so many the network spreads it, whoever dies. */
const MAX_HOLDERS = 16;
/** A transaction this far below the head of every node is safe. */
const SAFE_DEPTH = 64;

function isMined(chain: Chain, { hash }: Transaction): boolean {
  return chain.transactionLocation(hash) !== undefined;
}

/** True if another transaction with its nonce was mined, or may be: nobody lost it, its sender or a better one replaced it. */
function isReplaced({ chain, pool }: NodeRooms, transaction: Transaction): boolean {
  const sender = senderOf(transaction);
  if (sender === undefined) return false;
  const account = chain.stateAt(chain.head().header.stateRoot)?.account(sender);
  return (account?.nonce ?? 0n) > transaction.nonce || pool.bySenderAndNonce(sender, transaction.nonce) !== undefined;
}

/** A transaction that was executable, and nodes that had it so, each with the life in which it did. */
interface Followed {
  readonly transaction: Transaction;
  readonly holders: Map<string, number>; // BOUNDED: by MAX_HOLDERS
}

/** A transaction of a block that a node dropped in one of its lives. */
interface Dropped {
  readonly node: string;
  readonly life: number;
  readonly transaction: Transaction;
}

const isKept = (rooms: NodeRooms, transaction: Transaction, nowMs: number): boolean =>
  rooms.pool.has(transaction.hash) ||
  isMined(rooms.chain, transaction) ||
  isReplaced(rooms, transaction) ||
  rooms.pool.wasUnderpriced(transaction.hash, nowMs);

const isSafe = ({ chain }: NodeRooms, { hash }: Transaction): boolean =>
  chain.head().header.number - (chain.transactionLocation(hash)?.number ?? Number.POSITIVE_INFINITY) >= SAFE_DEPTH;

/**
 * A transaction that was once executable somewhere is in a pool or on a chain still, and a node that drops a block keeps
 * what was in it. A transaction that a dearer one pushed out is not lost; one whose holders all died before they could pass it on
 * died with them: their users have to send it again.
 */
export const noTransactionLost: Invariant = {
  name: 'no-transaction-lost',
  summary: 'what a pool held or a dropped block contained is in a pool or on the chain',
  begin() {
    const pending = new BoundedMap<Hash32, Followed>(MAX_FOLLOWED);
    const dropped = new BoundedMap<string, Dropped>(MAX_FOLLOWED);

    function hold(node: string, life: number, transaction: Transaction): void {
      let followed = pending.peek(transaction.hash);
      if (followed === undefined) {
        followed = { transaction, holders: new Map() };
        pending.set(transaction.hash, followed);
      }
      if (followed.holders.has(node) || followed.holders.size < MAX_HOLDERS) followed.holders.set(node, life);
    }

    return {
      onEvent(node, event, life) {
        if (event.kind === 'pending-transactions') for (const one of event.transactions) hold(node, life, one);
        if (event.kind !== 'head') return;
        for (const transaction of event.returning) {
          dropped.set(`${node}/${transaction.hash}`, { node, life, transaction });
        }
      },
      check({ world }) {
        const honest = honestNodes(world).map((node) => ({ name: node.name, life: node.lives(), rooms: node.rooms() }));
        const byName = new Map(honest.map((node) => [node.name, node]));
        const nowMs = world.nowMs();
        for (const [key, { node, life, transaction }] of [...dropped]) {
          const holder = byName.get(node);
          // A node that stopped may forget: its pool was in memory.
          if (holder?.life !== life || isSafe(holder.rooms, transaction)) dropped.delete(key);
          else if (!isKept(holder.rooms, transaction, nowMs))
            return `${node} lost ${transaction.hash} of a block that it dropped`;
        }
        for (const { transaction, holders } of [...pending.values()]) {
          if (!honest.some(({ rooms }) => isKept(rooms, transaction, nowMs))) {
            if ([...holders].some(([name, life]) => byName.get(name)?.life === life))
              return `nobody has ${transaction.hash} any more`;
            pending.delete(transaction.hash);
          }
          if (honest.every(({ rooms }) => isSafe(rooms, transaction))) pending.delete(transaction.hash);
        }
        return undefined;
      },
    };
  },
};
