import type { Hash32 } from '../../base/brand.js';
import { err, ok, type Result } from '../../base/result.js';
import { Wake } from '../../base/wake.js';
import { EMPTY_TRIE_ROOT, EMPTY_UNCLES_HASH } from '../../types/account.js';
import { type Block, type Body, decodeBody, makeBlock } from '../../types/block.js';
import { bodyFitsGas } from '../../types/body-room.js';
import { decodeHeader, type SealedHeader } from '../../types/header.js';
import type { BlockAnnouncement } from '../../wire/eth/new-block-hashes.js';
import type { ChainReader } from '../backend.js';
import type { ConnId } from '../io.js';
import { headerVerdict } from './header-verdict.js';
import type { EthPeer } from './peer.js';
import type { PeerControl } from './peer-control.js';
import type { ReplyHandler, RequestTable } from './requests.js';

/** An announcer that has not answered by then is not waited for alone: the next one is asked too. */
const HEDGE_MS = 500;
/** Announced blocks that one peer can make us remember. */
const MAX_PER_PEER = 256;

/** An announced block on its way to us. */
interface Wanted {
  readonly hash: Hash32;
  /** As the first announcer has it. */
  readonly number: number;
  readonly firstAnnouncer: ConnId;
  /** The first `asked` have been asked in this stage. BOUNDED: by the connections */
  readonly announcers: ConnId[];
  /** Undefined: the header is wanted, else the body to it. */
  header: SealedHeader | undefined;
  asked: number;
  inFlight: number;
  /** Those who were asked for the body together with the header, and owe it still. BOUNDED: by the announcers */
  readonly bodiesComing: Set<ConnId>;
  /** When the next announcer is asked; Infinity if there is none. */
  nextAskMs: number;
}

/** What the fetcher works with. */
interface BlockFetcherDeps {
  readonly chain: ChainReader;
  readonly peers: PeerControl;
  readonly requests: RequestTable;
  /** True if a block of this number can't become part of our chain any more. */
  readonly isTooOld: (number: number) => boolean;
  /** Told of bytes that a peer sent to no use. */
  readonly onWasted: (nowMs: number, conn: ConnId, bytes: number) => void;
  /** Takes a block whose header and body are checked. */
  readonly onBlock: (nowMs: number, conn: ConnId, block: Block) => void;
  /** Takes a block with a good seal whose parent is not here. */
  readonly onUnconnected: (nowMs: number, conn: ConnId, block: BlockAnnouncement) => void;
}

/**
 * Fetches announced blocks from their announcers. The body of what may be our next block is asked for in the same flight as the header: it is
 * taken once the header is here and good, and saves a round trip. Else the header comes first. Bodies are large: who is late with one gets
 * more time, each time twice as much, before the next announcer is asked.
 */
export class BlockFetcher {
  readonly #deps: BlockFetcherDeps;
  readonly #wanted = new Map<Hash32, Wanted>(); // BOUNDED: by MAX_PER_PEER for each connection
  readonly #perPeer = new Map<ConnId, number>(); // BOUNDED: by the connections
  /** Who owes a body that was asked for before its header was seen: one at a time, so that made-up hashes fetch nothing. BOUNDED: by the connections */
  readonly #trusted = new Set<ConnId>();
  readonly #wake = new Wake();

  constructor(deps: BlockFetcherDeps) {
    this.#deps = deps;
  }

  /** Takes an announcement. Beyond its bounds it is dropped: whoever wants us to have a block tells us again. */
  announce(nowMs: number, peer: EthPeer, block: BlockAnnouncement): void {
    let wanted = this.#wanted.get(block.hash);
    if (wanted?.announcers.includes(peer.conn) === true) return;
    const count = this.#perPeer.get(peer.conn) ?? 0;
    if (count >= MAX_PER_PEER) return;
    if (wanted === undefined) {
      wanted = {
        hash: block.hash,
        number: block.number,
        firstAnnouncer: peer.conn,
        announcers: [],
        header: undefined,
        asked: 0,
        inFlight: 0,
        bodiesComing: new Set<ConnId>(),
        nextAskMs: Number.POSITIVE_INFINITY,
      };
      this.#wanted.set(block.hash, wanted);
    }
    if (wanted.nextAskMs === Number.POSITIVE_INFINITY) {
      // It is the first, or those before it are late.
      wanted.nextAskMs = nowMs;
      this.#wake.by(nowMs);
    }
    wanted.announcers.push(peer.conn);
    this.#perPeer.set(peer.conn, count + 1);
  }

  /** Forgets a block: it came another way. */
  drop(hash: Hash32): void {
    const wanted = this.#wanted.get(hash);
    if (wanted === undefined) return;
    this.#wanted.delete(hash);
    for (const conn of wanted.announcers) this.#release(conn);
  }

  dropPeer(conn: ConnId): void {
    for (const wanted of this.#wanted.values()) {
      const at = wanted.announcers.indexOf(conn);
      if (at < 0) continue;
      wanted.announcers.splice(at, 1);
      if (at < wanted.asked) wanted.asked--;
      if (wanted.announcers.length === 0) this.#wanted.delete(wanted.hash);
    }
    this.#perPeer.delete(conn);
  }

  tick(nowMs: number): void {
    if (!this.#wake.take(nowMs)) return;
    for (const wanted of [...this.#wanted.values()]) {
      if (wanted.nextAskMs <= nowMs) this.#ask(nowMs, wanted);
      else this.#wake.by(wanted.nextAskMs);
    }
  }

  nextWake(): number {
    return this.#wanted.size === 0 ? Number.POSITIVE_INFINITY : this.#wake.atMs;
  }

  #release(conn: ConnId): void {
    const count = this.#perPeer.get(conn) ?? 0;
    if (count <= 1) this.#perPeer.delete(conn);
    else this.#perPeer.set(conn, count - 1);
  }

  /** Asks the next announcer for what is missing; gives up when none is left and nothing is on its way. */
  #ask(nowMs: number, wanted: Wanted): void {
    if (this.#deps.chain.hasBlock(wanted.hash)) {
      this.drop(wanted.hash);
      return;
    }
    wanted.nextAskMs = Number.POSITIVE_INFINITY;
    for (let conn = this.#nextAnnouncer(wanted); conn !== undefined; conn = this.#nextAnnouncer(wanted)) {
      if (this.#askOne(nowMs, conn, wanted)) return;
    }
    if (wanted.inFlight === 0) this.drop(wanted.hash);
  }

  /** False if this peer has no room for a question. */
  #askOne(nowMs: number, conn: ConnId, wanted: Wanted): boolean {
    const { header } = wanted;
    const sent =
      header === undefined ? this.#askHeader(nowMs, conn, wanted) : this.#askBody(nowMs, conn, wanted, header);
    if (!sent) return false;
    this.#hedge(wanted, nowMs + (header === undefined ? HEDGE_MS : HEDGE_MS * 2 ** wanted.inFlight));
    wanted.inFlight++;
    return true;
  }

  #hedge(wanted: Wanted, atMs: number): void {
    wanted.nextAskMs = atMs;
    this.#wake.by(atMs);
  }

  /** The nearest of the announcers that have not been asked in this stage; it counts as asked from now on. */
  #nextAnnouncer(wanted: Wanted): ConnId | undefined {
    const { announcers, asked } = wanted;
    const rttMs = (at: number): number => this.#deps.peers.rttMs(announcers[at] as ConnId) ?? Number.POSITIVE_INFINITY;
    let nearest = asked;
    for (let at = asked + 1; at < announcers.length; at++) if (rttMs(at) < rttMs(nearest)) nearest = at;
    const conn = announcers[nearest];
    if (conn !== undefined) moveTo(announcers, nearest, wanted.asked++);
    return conn;
  }

  /** Asks for the header, and for the body with it if this may be our next block; false if the peer has no room for it. */
  #askHeader(nowMs: number, conn: ConnId, wanted: Wanted): boolean {
    const { chain, requests } = this.#deps;
    const query = { origin: { kind: 'hash', hash: wanted.hash }, amount: 1, skip: 0, reverse: false } as const;
    const sent = requests.headers(
      nowMs,
      conn,
      query,
      this.#handler(wanted, undefined, (at, items) => this.#onHeader(at, conn, wanted, items)),
    );
    if (sent && wanted.number <= chain.head().number + 1 && !this.#trusted.has(conn)) {
      this.#askBodyToo(nowMs, conn, wanted);
    }
    return sent;
  }

  #askBody(nowMs: number, conn: ConnId, wanted: Wanted, header: SealedHeader): boolean {
    return this.#deps.requests.bodies(
      nowMs,
      conn,
      [wanted.hash],
      this.#handler(wanted, header, (at, items) => this.#onBody(at, conn, wanted, header, items)),
    );
  }

  /** What is done with the answer to a question of one stage: nothing if that is over. */
  #handler(wanted: Wanted, header: SealedHeader | undefined, onReply: ReplyHandler['onReply']): ReplyHandler {
    let counted = true;
    /** True if the answer still matters; counts it once. */
    const isCurrent = (): boolean => {
      if (this.#wanted.get(wanted.hash) !== wanted || wanted.header !== header) return false;
      if (counted) wanted.inFlight--;
      counted = false;
      return true;
    };
    return {
      onReply: (at, items, elapsedMs) => {
        if (isCurrent()) onReply(at, items, elapsedMs);
      },
      onFailure: (at) => {
        if (isCurrent()) this.#ask(at, wanted);
      },
    };
  }

  /** Asks for a body whose header is on its way, too: peers answer in order. One that comes before it is not kept. */
  #askBodyToo(nowMs: number, conn: ConnId, wanted: Wanted): void {
    /** The header, if the answer is of use now; counts it once. */
    const over = (): SealedHeader | undefined => {
      this.#trusted.delete(conn);
      if (this.#wanted.get(wanted.hash) !== wanted) return undefined;
      if (wanted.bodiesComing.delete(conn) && wanted.header !== undefined) wanted.inFlight--;
      return wanted.header;
    };
    const sent = this.#deps.requests.bodies(nowMs, conn, [wanted.hash], {
      onReply: (at, items) => {
        const header = over();
        if (header !== undefined) this.#onBody(at, conn, wanted, header, items);
        else this.#deps.onWasted(at, conn, sizeOf(items));
      },
      onFailure: (at) => {
        if (over() !== undefined) this.#ask(at, wanted);
      },
    });
    if (!sent) return;
    this.#trusted.add(conn);
    wanted.bodiesComing.add(conn);
  }

  #onHeader(nowMs: number, conn: ConnId, wanted: Wanted, items: readonly Uint8Array[]): void {
    const { chain, peers } = this.#deps;
    const item = items[0];
    if (item === undefined) {
      peers.fault(nowMs, conn, { code: 'withheld-data', request: 'headers' });
      this.#ask(nowMs, wanted);
      return;
    }
    const header = decodeHeader(item);
    if (header.hash !== wanted.hash) {
      peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'headers', detail: 'not the announced block' });
      this.#ask(nowMs, wanted);
      return;
    }
    const { number } = header.header;
    if (number !== wanted.number) {
      // The hash commits to the number: whoever answered is right, and others may have announced it rightly.
      const { hash, number: announced, firstAnnouncer } = wanted;
      peers.fault(nowMs, firstAnnouncer, { code: 'misnumbered-block', hash, announced, actual: number });
    }
    const parent = chain.headerByHash(header.header.parentHash);
    const verdict = headerVerdict(chain, header, parent, nowMs);
    if (verdict.kind === 'wrong') peers.fault(nowMs, conn, verdict.fault);
    if (verdict.kind !== 'valid' || this.#deps.isTooOld(number)) {
      this.drop(wanted.hash);
    } else if (parent === undefined) {
      this.drop(wanted.hash);
      this.#deps.onUnconnected(nowMs, conn, { hash: wanted.hash, number });
    } else if (isEmptyBody(header)) {
      this.#finish(nowMs, conn, header, { transactions: [], uncles: [] });
    } else {
      wanted.header = header;
      wanted.asked = 0;
      wanted.inFlight = wanted.bodiesComing.size;
      const { announcers, bodiesComing } = wanted;
      for (const [at, one] of announcers.entries()) if (bodiesComing.has(one)) moveTo(announcers, at, wanted.asked++);
      if (wanted.inFlight > 0) {
        // The next one may have had nobody to ask for the header.
        this.#hedge(wanted, Math.min(wanted.nextAskMs, nowMs + HEDGE_MS));
        return;
      }
      // Whoever just proved to have the block is asked for the rest of it first.
      const at = announcers.indexOf(conn);
      if (at >= 0) moveTo(announcers, at, wanted.asked++);
      if (at < 0 || !this.#askOne(nowMs, conn, wanted)) this.#ask(nowMs, wanted);
    }
  }

  #onBody(nowMs: number, conn: ConnId, wanted: Wanted, header: SealedHeader, items: readonly Uint8Array[]): void {
    const { chain, peers } = this.#deps;
    const item = items[0];
    if (item === undefined) {
      peers.fault(nowMs, conn, { code: 'withheld-data', request: 'bodies' });
      this.#ask(nowMs, wanted);
      return;
    }
    const body = readBody(chain, header, item);
    if (!body.ok) {
      peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'bodies', detail: body.error.code });
      this.#ask(nowMs, wanted);
      return;
    }
    this.#finish(nowMs, conn, header, body.value);
  }

  #finish(nowMs: number, conn: ConnId, header: SealedHeader, body: Body): void {
    this.drop(header.hash);
    this.#deps.onBlock(nowMs, conn, makeBlock(header, body));
  }
}

/** The body of this header, or what is wrong with it. It is decoded only if the header's gas pays for what it lists. */
function readBody(chain: ChainReader, header: SealedHeader, item: Uint8Array): Result<Body, { readonly code: string }> {
  if (!bodyFitsGas(item, header.header.gasUsed)) return err({ code: 'body-over-gas' });
  const body = decodeBody(item);
  const verdict = chain.checkBody(header, body);
  return verdict.ok ? ok(body) : err(verdict);
}

const sizeOf = (items: readonly Uint8Array[]): number => items.reduce((sum, item) => sum + item.length, 0);

/** Moves an item to an earlier place. */
function moveTo(items: ConnId[], from: number, to: number): void {
  if (from > to) items.splice(to, 0, ...items.splice(from, 1));
}

/** True if the header says that its block has neither transactions nor uncles: then there is nothing to fetch. */
export function isEmptyBody(header: SealedHeader): boolean {
  return header.header.transactionsRoot === EMPTY_TRIE_ROOT && header.header.unclesHash === EMPTY_UNCLES_HASH;
}
