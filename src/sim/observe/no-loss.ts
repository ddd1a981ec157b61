import { BoundedMap } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import type { Chain } from '../../chain/chain.js';
import type { NodeRooms } from '../../node/node.js';
import { senderOf } from '../../types/sender.js';
import type { Transaction } from '../../types/transaction.js';
import { honestNodes, type Invariant } from './invariant.js';

/** Transactions followed at once; beyond that the oldest are followed no longer. */
const MAX_FOLLOWED = 20_000;
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

const isKept = (rooms: NodeRooms, transaction: Transaction, nowMs: number): boolean =>
  rooms.pool.has(transaction.hash) ||
  isMined(rooms.chain, transaction) ||
  isReplaced(rooms, transaction) ||
  rooms.pool.wasUnderpriced(transaction.hash, nowMs);

const isSafe = ({ chain }: NodeRooms, { hash }: Transaction): boolean =>
  chain.head().header.number - (chain.transactionLocation(hash)?.number ?? Number.POSITIVE_INFINITY) >= SAFE_DEPTH;

/**
 * A transaction that was once executable somewhere is in a pool or on a chain still, and a node that drops a block keeps
 * what was in it. A transaction that a dearer one pushed out is not lost.
 */
export const noTransactionLost: Invariant = {
  name: 'no-transaction-lost',
  summary: 'what a pool held or a dropped block contained is in a pool or on the chain',
  begin() {
    const pending = new BoundedMap<Hash32, Transaction>(MAX_FOLLOWED);
    const dropped = new BoundedMap<string, { readonly node: string; readonly transaction: Transaction }>(MAX_FOLLOWED);
    return {
      onEvent(node, event) {
        if (event.kind === 'pending-transactions') for (const one of event.transactions) pending.set(one.hash, one);
        if (event.kind !== 'head') return;
        for (const block of event.dropped) {
          for (const transaction of block.transactions) {
            dropped.set(`${node}/${transaction.hash}`, { node, transaction });
          }
        }
      },
      check({ world }) {
        const honest = honestNodes(world).map((node) => ({ name: node.name, rooms: node.rooms() }));
        const roomsOf = new Map(honest.map(({ name, rooms }) => [name, rooms]));
        const nowMs = world.nowMs();
        for (const [key, { node, transaction }] of [...dropped]) {
          const rooms = roomsOf.get(node);
          // A node that stopped may forget: its pool was in memory.
          if (rooms === undefined || isSafe(rooms, transaction)) dropped.delete(key);
          else if (!isKept(rooms, transaction, nowMs))
            return `${node} lost ${transaction.hash} of a block that it dropped`;
        }
        if (honest.length === 0) return undefined;
        for (const transaction of [...pending.values()]) {
          if (!honest.some(({ rooms }) => isKept(rooms, transaction, nowMs)))
            return `nobody has ${transaction.hash} any more`;
          if (honest.every(({ rooms }) => isSafe(rooms, transaction))) pending.delete(transaction.hash);
        }
        return undefined;
      },
    };
  },
};
