import { toHex } from '../../../src/base/hex.js';
import { account, stranger, transfer } from '../../support/chain-builder.js';
import { postRpc } from '../../support/rpc-call.js';
import type { OpenNode } from './chaos-node.js';

/** Accounts that send. */
export const SENDERS = [0, 1, 2] as const;

/** Who gets one wei with every transaction. */
export const RECIPIENT = stranger(0);

/** Transactions of one sender that may wait for a block: what a block of the test chain takes is far more. */
const MAX_WAITING = 60;

/** What a client has seen of a node. */
export interface Seen {
  /** The hash of each head that was shown. */
  readonly heads: Map<number, string>;
  head: number;
}

interface Answer {
  readonly result?: unknown;
}

/** A few calls in one request; what failed reads as undefined. */
export async function batch(url: string, calls: readonly (readonly [string, ...unknown[]])[]): Promise<unknown[]> {
  const body = calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }));
  const { answer } = await postRpc(url, JSON.stringify(body));
  return (answer as Answer[]).map(({ result }) => result ?? undefined);
}

/** Notes the head that `block` shows. */
function note(seen: Seen, block: unknown): void {
  const { number, hash } = block as { number: string; hash: string };
  seen.heads.set(Number(number), hash);
  seen.head = Number(number);
}

/**
 * Sends transactions and asks for the head, turn after turn, until the connection breaks. Returns the number of turns;
 * `onTurn` hears of each.
 */
export async function runLoad(node: OpenNode, seen: Seen, onTurn: (turn: number) => void): Promise<number> {
  for (let turn = 1; ; turn++) {
    try {
      const [head, ...counts] = await batch(node.url, [
        ['eth_getBlockByNumber', 'latest', false],
        ...SENDERS.flatMap((n) => [
          ['eth_getTransactionCount', account(n), 'latest'] as const,
          ['eth_getTransactionCount', account(n), 'pending'] as const,
        ]),
      ]);
      note(seen, head);
      const raws = SENDERS.flatMap((n) => {
        const [latest, pending] = [Number(counts[2 * n]), Number(counts[2 * n + 1])];
        if (pending - latest > MAX_WAITING) return [];
        return [0, 1, 2].map((ahead) => toHex(transfer({ from: n, nonce: BigInt(pending + ahead) }).raw));
      });
      const answers = await batch(node.url, [
        ...raws.map((raw) => ['eth_sendRawTransaction', raw] as const),
        ['eth_getBlockByNumber', 'latest', false],
      ]);
      note(seen, answers.at(-1));
    } catch {
      return turn;
    }
    onTurn(turn);
  }
}
