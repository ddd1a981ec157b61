import type { Hash32 } from '../../../base/brand.js';
import { decodeHeader } from '../../../types/header.js';
import type { ChainReader } from '../../backend.js';
import { type EthPeer, noteHint, type PeerTable } from '../peer.js';
import type { SyncDeps } from './deps.js';
import type { Goal } from './turns.js';

/** A chain that has become another one, heavier and yet shorter, is shorter by so many blocks at most. */
const LOOK_BACK = 15;

/**
 * The block of a peer that is worth a sync: its hint, being newer, or the head of a claim heavier than our chain. None that is here, or
 * known to be invalid, or on its way into the chain.
 */
export function goalOf(chain: ChainReader, peer: EthPeer, isComing: (hash: Hash32) => boolean): Hash32 | undefined {
  const isNews = (hash: Hash32): boolean => !chain.hasBlock(hash) && !chain.isInvalid(hash) && !isComing(hash);
  const { hint, claim } = peer;
  if (hint !== undefined && isNews(hint.hash)) return hint.hash;
  const isHeavier = claim.totalDifficulty > chain.head().totalDifficulty;
  return isHeavier && isNews(claim.hash) ? claim.hash : undefined;
}

/** Sets the peer's claim to what we have seen of it, so that one exaggeration does not start a sync after the other. */
export function settleClaim(table: PeerTable, goal: Goal, shown: bigint): void {
  const peer = table.get(goal.conn);
  if (peer?.hint?.hash === goal.hash) peer.hint = undefined;
  if (peer?.claim.hash === goal.hash) peer.claim = { hash: goal.hash, totalDifficulty: shown };
}

/** A hint is followed twice: the first time the peer may have been slow, or about to execute that block. */
export function noteFollowed(table: PeerTable, goal: Goal): void {
  const peer = table.get(goal.conn);
  if (peer?.hint?.hash === goal.hash)
    peer.hint = peer.hint.wasFollowed ? undefined : { ...peer.hint, wasFollowed: true };
}

/**
 * Asks a peer whose chain does not lead to the goal any more where it leads now: the block that it sent or announced has lost
 * against another since, and that one it may have told us of when we knew no better. Calls `onAnswer` once it has said so.
 */
export function askAgain(
  { chain, requests, table }: SyncDeps,
  nowMs: number,
  goal: Goal,
  number: number,
  onAnswer: (nowMs: number) => void,
): void {
  if (!table.has(goal.conn)) return;
  const origin = { kind: 'number', number: Math.max(0, number - LOOK_BACK) } as const;
  const query = { origin, amount: 2 * LOOK_BACK, skip: 0, reverse: false };
  requests.headers(nowMs, goal.conn, query, {
    onReply: (at, items) => {
      const last = items.at(-1);
      const found = last === undefined ? undefined : decodeHeader(last);
      const shown = found === undefined ? 0n : chain.totalDifficulty(found.hash);
      const peer = table.get(goal.conn);
      if (shown !== undefined) settleClaim(table, goal, shown);
      else if (peer !== undefined && found !== undefined) {
        if (peer.hint?.hash === goal.hash) peer.hint = undefined;
        noteHint(chain, peer, { hash: found.hash, number: found.header.number });
      }
      onAnswer(at);
    },
    onFailure: () => undefined,
  });
}
