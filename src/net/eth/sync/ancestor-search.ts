import type { Hash32 } from '../../../base/brand.js';
import { decodeHeader } from '../../../types/header.js';
import type { ConnId } from '../../io.js';
import type { Blame, SyncDeps } from './deps.js';

/** Headers in one probe. Sixteen cover an ordinary reorg at once, and cut any longer range to a sixteenth each time. */
const PROBES = 16;
/** Even 2^52 blocks take 13 probes; more means that the peer's answers make no sense. */
const MAX_ROUNDS = 16;

/** A block of the canonical chain or of a side chain that the peer's chain holds too. */
export interface CommonAncestor {
  readonly hash: Hash32;
  readonly number: number;
}

/** What the search tells its owner; one of them is called, once. */
export interface AncestorHandler {
  onFound(nowMs: number, ancestor: CommonAncestor): void;
  onFailed(nowMs: number, reason: string, blame: Blame): void;
}

/**
 * Finds the highest block that a peer's canonical chain shares with the blocks stored here. If a block is here all its
 * ancestors are, so the shared ones are a prefix of the peer's chain and can be searched for by halving, here by
 * sixteenths: one round trip for a fork of up to 16 blocks, three for one of thousands.
 */
export class AncestorSearch {
  readonly #deps: SyncDeps;
  readonly #conn: ConnId;
  readonly #handler: AncestorHandler;
  /** The highest block known to be shared. */
  #low: CommonAncestor;
  /** No block above this number is shared. */
  #high: number;
  #rounds = 0;
  #askedAtMs = 0;
  #stopped = false;

  /** Searches among the blocks up to number `top`; the genesis block is shared by the handshake. */
  constructor(deps: SyncDeps, conn: ConnId, top: number, handler: AncestorHandler) {
    this.#deps = deps;
    this.#conn = conn;
    this.#handler = handler;
    this.#low = { hash: deps.chain.genesisHash, number: 0 };
    this.#high = top;
  }

  /** When the question that is open was asked. */
  get askedAtMs(): number {
    return this.#askedAtMs;
  }

  start(nowMs: number): void {
    const first = Math.max(1, this.#high - PROBES + 1);
    if (this.#high <= 0) this.#handler.onFound(nowMs, this.#low);
    else this.#probe(nowMs, first, 1, this.#high - first + 1);
  }

  /** Ends the search; no handler is called any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Asks for `count` headers, `stride` apart, from number `first` on. */
  #probe(nowMs: number, first: number, stride: number, count: number): void {
    if (++this.#rounds > MAX_ROUNDS) {
      this.#handler.onFailed(nowMs, 'the ancestor search does not end', 'slow');
      return;
    }
    this.#askedAtMs = nowMs;
    const query = {
      origin: { kind: 'number', number: first },
      amount: count,
      skip: stride - 1,
      reverse: false,
    } as const;
    const sent = this.#deps.requests.headers(nowMs, this.#conn, query, {
      onReply: (at, items) => {
        if (!this.#stopped) this.#onProbe(at, first, stride, items);
      },
      onFailure: (at, failure) => {
        if (!this.#stopped) {
          this.#handler.onFailed(at, `ancestor search: ${failure}`, failure === 'bad-reply' ? 'liar' : 'slow');
        }
      },
    });
    if (!sent) this.#handler.onFailed(nowMs, 'too many questions open', 'nobody');
  }

  #onProbe(nowMs: number, first: number, stride: number, items: readonly Uint8Array[]): void {
    const { chain, peers } = this.#deps;
    let firstUnshared = 0;
    for (const [i, item] of items.entries()) {
      const { hash, header } = decodeHeader(item);
      if (header.number !== first + i * stride) {
        const detail = `header ${header.number} where ${first + i * stride} was asked`;
        peers.fault(nowMs, this.#conn, { code: 'reply-mismatch', request: 'headers', detail });
        this.#handler.onFailed(nowMs, 'ancestor search: wrong header', 'liar');
        return;
      }
      if (!chain.hasBlock(hash)) continue;
      this.#low = { hash, number: header.number };
      firstUnshared = i + 1;
    }
    const above = first + firstUnshared * stride;
    this.#high = Math.max(this.#low.number, Math.min(this.#high, above - 1));
    const range = this.#high - this.#low.number;
    if (range === 0) {
      this.#handler.onFound(nowMs, this.#low);
      return;
    }
    const next = Math.ceil(range / PROBES);
    this.#probe(nowMs, this.#low.number + next, next, Math.floor(range / next));
  }
}
