import { type Block, type Body, type BodyRoots, decodeBody, makeBlock } from '../../../types/block.js';
import { bodyFitsGas } from '../../../types/body-room.js';
import type { SealedHeader } from '../../../types/header.js';
import type { ConnId } from '../../io.js';
import { isEmptyBody } from '../block-fetcher.js';
import type { RequestFailure } from '../requests.js';
import {
  type BodySource,
  batchWeight,
  bodyWeight,
  isUsable,
  lateAfterMs,
  newBodySource,
  noteDelivery,
  noteFailure,
} from './body-source.js';
import type { SyncDeps } from './deps.js';

/** Questions to one peer at a time: the second is on its way while the first is answered. */
const MAX_IN_FLIGHT_PER_PEER = 2;
/** Bodies in one question, as other clients ask and serve. */
const MAX_BODIES = 128;
/** Bytes of bodies that wait for import. What is on its way comes on top: at most two replies for each peer. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

/** Bodies that one peer was asked for and has not answered. */
interface Question {
  readonly source: BodySource;
  readonly headers: readonly SealedHeader[];
  /** From then on others may be asked for the same, if the import waits for it. */
  readonly lateAtMs: number;
  /** True once others may be asked for the same. */
  stalled: boolean;
}

type Task =
  | { readonly kind: 'pending'; readonly header: SealedHeader }
  | { readonly kind: 'asked'; readonly header: SealedHeader; readonly question: Question }
  | { readonly kind: 'ready'; readonly header: SealedHeader; readonly block: Block };

/** The bodies of checked headers: fetched from several peers at once, given out as blocks in order. */
export class BodyQueue {
  readonly #deps: SyncDeps;
  // BOUNDED: by the room that the header feed is given; keyed by block number, without gaps
  readonly #tasks = new Map<number, Task>();
  readonly #sources = new Map<ConnId, BodySource>(); // BOUNDED: by the connections, see dropPeer
  #first: number;
  /** No block below this number is pending. */
  #pendingFrom: number;
  #bufferedBytes = 0;
  #stopped = false;

  /** `first` is the number of the first block that will be pushed. */
  constructor(deps: SyncDeps, first: number) {
    this.#deps = deps;
    this.#first = first;
    this.#pendingFrom = first;
  }

  /** Blocks pushed and not yet taken. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Adds the header after the last one pushed. A block without transactions and uncles is ready at once. */
  push(header: SealedHeader): void {
    const task: Task = isEmptyBody(header)
      ? { kind: 'ready', header, block: makeBlock(header, { transactions: [], uncles: [] }) }
      : { kind: 'pending', header };
    if (task.kind === 'ready') this.#bufferedBytes += task.block.raw.length;
    this.#tasks.set(header.header.number, task);
  }

  /** The next block in order, if it is here. */
  peek(): Block | undefined {
    const task = this.#tasks.get(this.#first);
    return task?.kind === 'ready' ? task.block : undefined;
  }

  /** Takes the block that {@link peek} showed. */
  take(): void {
    const task = this.#tasks.get(this.#first);
    if (task?.kind !== 'ready') return;
    this.#bufferedBytes -= task.block.raw.length;
    this.#tasks.delete(this.#first);
    this.#first++;
    this.#pendingFrom = Math.max(this.#pendingFrom, this.#first);
  }

  /** Ends the queue: replies on their way are ignored. */
  stop(): void {
    this.#stopped = true;
    this.#tasks.clear();
  }

  dropPeer(conn: ConnId): void {
    this.#sources.delete(conn);
  }

  /** How many peers may be asked. */
  sources(): number {
    return [...this.#sources.values()].filter(isUsable).length;
  }

  /**
   * Asks idle peers for what is missing among the blocks up to number `upTo`: those that claim more work than we have,
   * and `master` whatever it claims. False if something is missing, nothing is on its way and nobody is left to ask.
   */
  assign(nowMs: number, upTo: number, master: ConnId): boolean {
    const sources = this.#sourcesFor(master);
    this.#dropStalled(nowMs);
    const { requests } = this.#deps;
    const responsive = sources.filter(([conn]) => !requests.isLate(nowMs, conn));
    for (const [conn, source] of responsive.length > 0 ? responsive : sources) {
      while (isUsable(source) && source.inFlight < MAX_IN_FLIGHT_PER_PEER && this.#deps.peers.isWritable(conn)) {
        if (!this.#ask(nowMs, conn, source, upTo)) break;
      }
    }
    const pending = this.#nextPending(upTo);
    if (pending === undefined || this.#bufferedBytes >= MAX_BUFFERED_BYTES) return true;
    if (sources.some(([, source]) => isUsable(source) && pending < source.lacksFrom)) return true;
    return [...this.#sources.values()].some(({ inFlight }) => inFlight > 0);
  }

  /** When the block that import waits for is to be asked of someone else; Infinity if it is not on its way, or there is nobody. */
  nextWake(): number {
    const question = this.#awaited();
    return question === undefined ? Number.POSITIVE_INFINITY : question.lateAtMs;
  }

  /** Who may be asked: whoever claims more work than we have, and `master`. */
  #sourcesFor(master: ConnId): [ConnId, BodySource][] {
    const work = this.#deps.chain.head().totalDifficulty;
    const sources: [ConnId, BodySource][] = []; // BOUNDED: by the connections
    for (const peer of this.#deps.table.values()) {
      if (peer.conn !== master && peer.claim.totalDifficulty <= work) continue;
      const source = this.#sources.get(peer.conn) ?? newBodySource();
      this.#sources.set(peer.conn, source);
      sources.push([peer.conn, source]);
    }
    return sources;
  }

  /** The question whose answer import waits for, if others can be asked and were not yet. */
  #awaited(): Question | undefined {
    const task = this.#tasks.get(this.#first);
    if (task?.kind !== 'asked' || task.question.stalled) return undefined;
    const { question } = task;
    const { number } = task.header.header;
    for (const source of this.#sources.values()) {
      if (source !== question.source && isUsable(source) && number < source.lacksFrom) return question;
    }
    return undefined;
  }

  /** Lets others be asked for what a peer holds up; it gets no more questions until it has answered or timed out. */
  #dropStalled(nowMs: number): void {
    const question = this.#awaited();
    if (question === undefined || nowMs < question.lateAtMs) return;
    question.stalled = true;
    question.source.stalled++;
    this.#giveBack(question);
  }

  /** The number of the first pending block, at most `upTo`. */
  #nextPending(upTo: number): number | undefined {
    const end = Math.min(upTo, this.#first + this.#tasks.size - 1);
    while (this.#pendingFrom <= end) {
      if (this.#tasks.get(this.#pendingFrom)?.kind === 'pending') return this.#pendingFrom;
      this.#pendingFrom++;
    }
    return undefined;
  }

  /** Asks one peer for the first pending bodies that it may have; false if there are none for it. */
  #ask(nowMs: number, conn: ConnId, source: BodySource, upTo: number): boolean {
    const from = this.#nextPending(Math.min(upTo, source.lacksFrom - 1));
    if (from === undefined) return false;
    // A full buffer empties in order, so the block that it waits for is fetched all the same.
    if (this.#bufferedBytes >= MAX_BUFFERED_BYTES && from !== this.#first) return false;
    const headers: SealedHeader[] = []; // BOUNDED: by MAX_BODIES
    let weight = 0;
    for (let number = from; number <= upTo && number < source.lacksFrom && headers.length < MAX_BODIES; number++) {
      const task = this.#tasks.get(number);
      if (task === undefined) break;
      if (task.kind !== 'pending') continue;
      // One body is always asked for, however heavy.
      const more = bodyWeight(task.header.header.gasUsed);
      if (headers.length > 0 && weight + more > batchWeight(source)) break;
      weight += more;
      headers.push(task.header);
    }
    const hashes = headers.map(({ hash }) => hash);
    const question: Question = { source, headers, lateAtMs: nowMs + lateAfterMs(source, weight), stalled: false };
    const sent = this.#deps.requests.bodies(nowMs, conn, hashes, {
      onReply: (at, items, elapsedMs) => this.#onReply(at, conn, question, items, elapsedMs),
      onFailure: (_at, failure) => this.#onFailure(question, failure),
    });
    if (!sent) return false;
    source.inFlight++;
    for (const header of headers) this.#tasks.set(header.header.number, { kind: 'asked', header, question });
    return true;
  }

  #onReply(nowMs: number, conn: ConnId, question: Question, items: readonly Uint8Array[], elapsedMs: number): void {
    if (this.#stopped) return;
    const { chain, peers } = this.#deps;
    const { source, headers: asked } = question;
    let weight = 0;
    let bytes = 0;
    let next = 0;
    let mostGas = 0n;
    for (const { header } of asked) if (header.gasUsed > mostGas) mostGas = header.gasUsed;
    for (const item of items) {
      const body = bodyFitsGas(item, mostGas) ? decodeBody(item) : undefined;
      // Bodies come in the order asked; a block that the peer doesn't have is left out.
      next = body === undefined ? asked.length : indexOfOwner(asked, chain.bodyRoots(body), next);
      const header = asked[next++];
      if (body === undefined || header === undefined) {
        peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'bodies', detail: 'a body of no asked block' });
        this.#onFailure(question, 'bad-reply');
        return;
      }
      weight += bodyWeight(header.header.gasUsed);
      bytes += item.length;
      this.#store(header, body);
    }
    this.#close(question);
    if (items.length === 0) {
      source.lacksFrom = Math.min(source.lacksFrom, asked[0]?.header.number ?? Number.POSITIVE_INFINITY);
      noteFailure(source);
    } else {
      noteDelivery(source, weight, elapsedMs);
      peers.merit(nowMs, conn, { kind: 'sync-data', bytes });
    }
    this.#giveBack(question);
  }

  #onFailure(question: Question, failure: RequestFailure): void {
    const { source } = question;
    this.#close(question);
    noteFailure(source);
    // Whoever sends wrong bodies is not asked again in this sync.
    if (failure === 'bad-reply') source.lacksFrom = 0;
    if (!this.#stopped) this.#giveBack(question);
  }

  #close({ source, stalled }: Question): void {
    source.inFlight--;
    if (stalled) source.stalled--;
  }

  /** Takes a body that is still wanted, whoever was asked for it last. */
  #store(header: SealedHeader, body: Body): void {
    const { number } = header.header;
    const task = this.#tasks.get(number);
    if (task === undefined || task.kind === 'ready' || task.header !== header) return;
    const block = makeBlock(header, body);
    this.#bufferedBytes += block.raw.length;
    this.#tasks.set(number, { kind: 'ready', header, block });
  }

  /** Makes what a question did not bring pending again. */
  #giveBack(question: Question): void {
    for (const header of question.headers) {
      const { number } = header.header;
      const task = this.#tasks.get(number);
      if (task?.kind !== 'asked' || task.question !== question) continue;
      this.#tasks.set(number, { kind: 'pending', header });
      this.#pendingFrom = Math.min(this.#pendingFrom, number);
    }
  }
}

/** The index of the first header from `from` on that has these roots; the length of the list if there is none. */
function indexOfOwner(headers: readonly SealedHeader[], roots: BodyRoots, from: number): number {
  for (let at = from; at < headers.length; at++) {
    const header = headers[at]?.header;
    if (header?.transactionsRoot === roots.transactionsRoot && header.unclesHash === roots.unclesHash) return at;
  }
  return headers.length;
}
