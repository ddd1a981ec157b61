import type { Hash32 } from '../../base/brand.js';
import { Wake } from '../../base/wake.js';
import { EMPTY_TRIE_ROOT, EMPTY_UNCLES_HASH } from '../../types/account.js';
import { type Block, type Body, decodeBody, makeBlock } from '../../types/block.js';
import { decodeHeader, type SealedHeader } from '../../types/header.js';
import type { BlockAnnouncement } from '../../wire/eth/new-block-hashes.js';
import type { ChainReader } from '../backend.js';
import type { ConnId } from '../io.js';
import { headerVerdict } from './header-verdict.js';
import type { EthPeer } from './peer.js';
import type { PeerControl } from './peer-control.js';
import type { ReplyHandler, RequestTable } from './requests.js';

/** The block itself often follows its announcement: wait that long before asking for its body. A header is small, and asked for at once. */
const GRACE_MS = 100;
/** An announcer that has not answered by then is not waited for alone: the next one is asked too. */
const HEDGE_MS = 500;
/** Announced blocks that one peer can make us remember. */
const MAX_PER_PEER = 256;
/** Announcers remembered for a block: alternates for when the first ones don't deliver. */
const MAX_ANNOUNCERS = 8;

/** An announced block on its way to us. */
interface Wanted {
  readonly hash: Hash32;
  readonly number: number;
  /** In order of announcement; the first `asked` have been asked in this stage. BOUNDED: by MAX_ANNOUNCERS */
  readonly announcers: ConnId[];
  /** Undefined: the header is wanted, else the body to it. */
  header: SealedHeader | undefined;
  asked: number;
  inFlight: number;
  /** Its body is not asked for before. */
  readonly bodyFromMs: number;
  /** When the next announcer is asked. */
  nextAskMs: number;
}

/** What the fetcher works with. */
interface BlockFetcherDeps {
  readonly chain: ChainReader;
  readonly peers: PeerControl;
  readonly requests: RequestTable;
  /** Takes a block whose header and body are checked. */
  readonly onBlock: (nowMs: number, conn: ConnId, block: Block) => void;
  /** Takes a block with a good seal whose parent is not here. */
  readonly onUnconnected: (nowMs: number, conn: ConnId, block: BlockAnnouncement) => void;
}

/** Fetches announced blocks from their announcers: the header first, then, if it is good, the body. */
export class BlockFetcher {
  readonly #deps: BlockFetcherDeps;
  readonly #wanted = new Map<Hash32, Wanted>(); // BOUNDED: by MAX_PER_PEER for each connection
  readonly #perPeer = new Map<ConnId, number>(); // BOUNDED: by the connections
  readonly #wake = new Wake();

  constructor(deps: BlockFetcherDeps) {
    this.#deps = deps;
  }

  /** Takes an announcement. Beyond its bounds it is dropped: whoever wants us to have a block tells us again. */
  announce(nowMs: number, peer: EthPeer, block: BlockAnnouncement): void {
    let wanted = this.#wanted.get(block.hash);
    if (wanted?.announcers.includes(peer.conn) === true) return;
    const count = this.#perPeer.get(peer.conn) ?? 0;
    if (count >= MAX_PER_PEER || (wanted !== undefined && wanted.announcers.length >= MAX_ANNOUNCERS)) return;
    if (wanted === undefined) {
      wanted = {
        ...{ ...block, announcers: [], header: undefined, asked: 0, inFlight: 0 },
        ...{ bodyFromMs: nowMs + GRACE_MS, nextAskMs: nowMs },
      };
      this.#wanted.set(block.hash, wanted);
      this.#wake.by(wanted.nextAskMs);
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
    const { chain, requests } = this.#deps;
    if (chain.hasBlock(wanted.hash)) {
      this.drop(wanted.hash);
      return;
    }
    wanted.nextAskMs = Number.POSITIVE_INFINITY;
    while (wanted.asked < wanted.announcers.length) {
      const conn = wanted.announcers[wanted.asked++] as ConnId;
      const { header } = wanted;
      let counted = true;
      /** True if the answer still matters; counts it once. */
      const isCurrent = (): boolean => {
        if (this.#wanted.get(wanted.hash) !== wanted || wanted.header !== header) return false;
        if (counted) wanted.inFlight--;
        counted = false;
        return true;
      };
      const handler: ReplyHandler = {
        onReply: (at, items) => {
          if (!isCurrent()) return;
          if (header === undefined) this.#onHeader(at, conn, wanted, items);
          else this.#onBody(at, conn, wanted, header, items);
        },
        onFailure: (at) => {
          if (isCurrent()) this.#ask(at, wanted);
        },
      };
      const sent =
        header === undefined
          ? requests.headers(
              nowMs,
              conn,
              { origin: { kind: 'hash', hash: wanted.hash }, amount: 1, skip: 0, reverse: false },
              handler,
            )
          : requests.bodies(nowMs, conn, [wanted.hash], handler);
      if (!sent) continue;
      wanted.inFlight++;
      wanted.nextAskMs = nowMs + HEDGE_MS;
      this.#wake.by(wanted.nextAskMs);
      return;
    }
    if (wanted.inFlight === 0) this.drop(wanted.hash);
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
    if (header.hash !== wanted.hash || header.header.number !== wanted.number) {
      peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'headers', detail: 'not the announced block' });
      this.#ask(nowMs, wanted);
      return;
    }
    const parent = chain.headerByHash(header.header.parentHash);
    const verdict = headerVerdict(chain, header, parent, nowMs);
    if (verdict.kind === 'wrong') peers.fault(nowMs, conn, verdict.fault);
    if (verdict.kind !== 'valid') {
      this.drop(wanted.hash);
    } else if (parent === undefined) {
      this.drop(wanted.hash);
      this.#deps.onUnconnected(nowMs, conn, { hash: wanted.hash, number: wanted.number });
    } else if (isEmptyBody(header)) {
      this.#finish(nowMs, conn, header, { transactions: [], uncles: [] });
    } else {
      wanted.header = header;
      wanted.asked = 0;
      wanted.inFlight = 0;
      // Whoever just proved to have the block is asked for the rest of it first.
      const at = wanted.announcers.indexOf(conn);
      if (at > 0) wanted.announcers.unshift(...wanted.announcers.splice(at, 1));
      wanted.nextAskMs = Math.max(nowMs, wanted.bodyFromMs);
      if (wanted.nextAskMs === nowMs) this.#ask(nowMs, wanted);
      else this.#wake.by(wanted.nextAskMs);
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
    const body = decodeBody(item);
    const verdict = chain.checkBody(header, body);
    if (!verdict.ok) {
      peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'bodies', detail: verdict.code });
      this.#ask(nowMs, wanted);
      return;
    }
    this.#finish(nowMs, conn, header, body);
  }

  #finish(nowMs: number, conn: ConnId, header: SealedHeader, body: Body): void {
    this.drop(header.hash);
    this.#deps.onBlock(nowMs, conn, makeBlock(header, body));
  }
}

/** True if the header says that its block has neither transactions nor uncles: then there is nothing to fetch. */
export function isEmptyBody(header: SealedHeader): boolean {
  return header.header.transactionsRoot === EMPTY_TRIE_ROOT && header.header.unclesHash === EMPTY_UNCLES_HASH;
}
