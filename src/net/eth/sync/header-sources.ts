import type { ConnId } from '../../io.js';
import type { EthPeer } from '../peer.js';
import type { SyncDeps } from './deps.js';

/** Questions without an answer in a row after which a peer is left out. */
const MAX_STRIKES = 2;

/** What one peer is to one download of headers. */
interface Source {
  inFlight: number;
  strikes: number;
  /** When the last strike was given: of the questions that were open then, one counts. */
  struckAtMs: number;
  /** It has not what is wanted, or has served it wrongly. */
  isOut: boolean;
}

/** Who may be asked for headers: the master, and whoever claims more work than we have, unless it failed in this download. */
export class HeaderSources {
  master: ConnId;
  readonly #deps: SyncDeps;
  readonly #sources = new Map<ConnId, Source>(); // BOUNDED: by the connections, see dropPeer

  constructor(deps: SyncDeps, master: ConnId) {
    this.#deps = deps;
    this.master = master;
  }

  /** The peers that may be asked now and owe no late answer, heaviest claim first; those in `except` left out. */
  responsive(nowMs: number, except: readonly ConnId[] = []): ConnId[] {
    return this.free(except).filter((conn) => !this.#deps.requests.isLate(nowMs, conn));
  }

  /** The peers that may be asked now, whatever they owe. */
  free(except: readonly ConnId[] = []): ConnId[] {
    const { peers, requests } = this.#deps;
    return this.#candidates()
      .map(({ conn }) => conn)
      .filter((conn) => !except.includes(conn) && peers.isWritable(conn) && requests.hasRoom(conn));
  }

  /** True if anybody is left who may be asked, now or later. */
  isAnybodyLeft(): boolean {
    return this.#candidates().length > 0;
  }

  isUsable(conn: ConnId): boolean {
    return this.#sources.get(conn)?.isOut !== true;
  }

  inFlight(conn: ConnId): number {
    return this.#sources.get(conn)?.inFlight ?? 0;
  }

  onAsked(conn: ConnId): void {
    this.#source(conn).inFlight++;
  }

  /** The question is answered, or never will be. */
  onClosed(conn: ConnId): void {
    const source = this.#sources.get(conn);
    if (source !== undefined) source.inFlight--;
  }

  noteSuccess(conn: ConnId): void {
    this.#source(conn).strikes = 0;
  }

  /** A question that was sent at `sentAtMs` found no answer in time. */
  noteTimeout(nowMs: number, conn: ConnId, sentAtMs: number): void {
    const source = this.#source(conn);
    if (sentAtMs < source.struckAtMs) return;
    source.struckAtMs = nowMs;
    source.strikes++;
    if (source.strikes >= MAX_STRIKES) source.isOut = true;
  }

  exclude(conn: ConnId): void {
    this.#source(conn).isOut = true;
  }

  dropPeer(conn: ConnId): void {
    this.#sources.delete(conn);
  }

  #candidates(): EthPeer[] {
    const { table, chain } = this.#deps;
    const work = chain.head().totalDifficulty;
    return [...table.values()]
      .filter(({ conn, claim }) => (conn === this.master || claim.totalDifficulty > work) && this.isUsable(conn))
      .sort((a, b) => compare(b.claim.totalDifficulty, a.claim.totalDifficulty));
  }

  #source(conn: ConnId): Source {
    let source = this.#sources.get(conn);
    if (source === undefined) {
      source = { inFlight: 0, strikes: 0, struckAtMs: Number.NEGATIVE_INFINITY, isOut: false };
      this.#sources.set(conn, source);
    }
    return source;
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
