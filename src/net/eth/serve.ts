import type { Hash32 } from '../../base/brand.js';
import { type BucketRate, fullBucket, type TokenBucket, takeTokens } from '../../base/token-bucket.js';
import { blockBodies } from '../../wire/eth/block-bodies.js';
import { blockHeaders } from '../../wire/eth/block-headers.js';
import { getBlockBodies } from '../../wire/eth/get-block-bodies.js';
import { getBlockHeaders } from '../../wire/eth/get-block-headers.js';
import { getNodeData } from '../../wire/eth/get-node-data.js';
import { getPooledTransactions } from '../../wire/eth/get-pooled-transactions.js';
import { getReceipts } from '../../wire/eth/get-receipts.js';
import { nodeData } from '../../wire/eth/node-data.js';
import { pooledTransactions } from '../../wire/eth/pooled-transactions.js';
import { EthCode } from '../../wire/eth/protocol.js';
import { receipts } from '../../wire/eth/receipts.js';
import type { ChainReader, TxSink } from '../backend.js';
import type { ConnId } from '../io.js';
import type { PeerControl } from './peer-control.js';
import { answerBodies, answerHeaders, answerPooled, answerReceipts } from './serve-queries.js';

/** With this many requests waiting we stop reading from the peer: who asks faster than we answer is slowed down. */
const MAX_QUEUED = 4;
/** What one read from the socket may still bring after that. More is no client's pipelining but a flood. */
const MAX_QUEUED_HARD = 64;
/**
 * Reply bytes for one peer: enough for a sync at the speed of import, not enough to be an amplifier. A reply is paid
 * when its size is known, so the balance may go below zero and the next reply waits until it is positive again.
 */
const REPLY_BYTES: BucketRate = { burst: 16 * 1024 * 1024, perSecond: 2 * 1024 * 1024 };
/** Database reads for one peer: at some 15 us each, 6 % of a core at most. Empty replies cost reads, not bytes. */
const LOOKUPS: BucketRate = { burst: 16_384, perSecond: 4096 };
/** What decoding, queueing and framing one request costs, in reads. */
const LOOKUPS_PER_REQUEST = 8;
/** Bytes sent to one peer in one step, and in a millisecond: encrypting 1 MiB takes about as long as a step may take. */
const BYTES_PER_STEP = 1024 * 1024;

/** A reply as it goes out, and what finding it cost. */
interface Reply {
  readonly code: number;
  readonly payload: Uint8Array;
  readonly lookups: number;
  /** The blocks whose bodies these are. */
  readonly bodiesOf?: readonly Hash32[];
}

interface Client {
  /** What was sent at `atMs`. */
  readonly sent: { atMs: number; bytes: number };
  readonly queue: (() => Reply)[]; // BOUNDED: by MAX_QUEUED_HARD
  readonly bytes: TokenBucket;
  readonly lookups: TokenBucket;
}

/** The surroundings of the server. */
interface ServerDeps {
  readonly chain: ChainReader;
  readonly txs: TxSink;
  readonly peers: PeerControl;
  readonly pauseRead: (conn: ConnId, paused: boolean) => void;
  /** Told that a peer was sent these bodies. */
  readonly onBodies: (nowMs: number, conn: ConnId, hashes: readonly Hash32[]) => void;
}

/** Answers requests: in order for each peer, within its budget, and only as fast as it reads. */
export class Server {
  readonly #chain: ChainReader;
  readonly #txs: TxSink;
  readonly #peers: PeerControl;
  readonly #pauseRead: (conn: ConnId, paused: boolean) => void;
  readonly #onBodies: ServerDeps['onBodies'];
  readonly #clients = new Map<ConnId, Client>(); // BOUNDED: by the connections, see dropPeer
  /** Those with requests that wait. BOUNDED: by #clients */
  readonly #behind = new Map<ConnId, Client>();

  constructor(deps: ServerDeps) {
    this.#chain = deps.chain;
    this.#txs = deps.txs;
    this.#peers = deps.peers;
    this.#pauseRead = deps.pauseRead;
    this.#onBodies = deps.onBodies;
  }

  /** Takes a request, answers it at once if budget and queue allow. False if `code` is no request. */
  onMessage(nowMs: number, conn: ConnId, code: number, payload: Uint8Array): boolean {
    const answer = this.#parse(code, payload);
    if (answer === undefined) return false;
    const client = this.#client(nowMs, conn);
    if (client.queue.length >= MAX_QUEUED_HARD) {
      this.#peers.fault(nowMs, conn, { code: 'request-flood', request: `message ${code}` });
      return true;
    }
    client.queue.push(answer);
    this.#pump(nowMs, conn, client);
    return true;
  }

  /** Goes on for a peer that reads again. */
  onWritable(nowMs: number, conn: ConnId): void {
    const client = this.#clients.get(conn);
    if (client !== undefined) this.#pump(nowMs, conn, client);
  }

  dropPeer(conn: ConnId): void {
    this.#clients.delete(conn);
    this.#behind.delete(conn);
  }

  tick(nowMs: number): void {
    for (const [conn, client] of this.#behind) this.#pump(nowMs, conn, client);
  }

  nextWake(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const [conn, client] of this.#behind) {
      if (!this.#peers.isWritable(conn)) continue;
      const { sent, bytes, lookups } = client;
      const nextStepMs = sent.bytes < BYTES_PER_STEP ? 0 : sent.atMs + 1;
      earliest = Math.min(earliest, Math.max(positiveAt(bytes, REPLY_BYTES), positiveAt(lookups, LOOKUPS), nextStepMs));
    }
    return earliest;
  }

  #pump(nowMs: number, conn: ConnId, client: Client): void {
    const { sent } = client;
    if (sent.atMs !== nowMs) [sent.atMs, sent.bytes] = [nowMs, 0];
    while (sent.bytes < BYTES_PER_STEP && this.#peers.isWritable(conn)) {
      if (!isPositive(client.bytes, REPLY_BYTES, nowMs) || !isPositive(client.lookups, LOOKUPS, nowMs)) break;
      const next = client.queue.shift();
      if (next === undefined) break;
      const reply = next();
      client.bytes.tokens -= reply.payload.length;
      client.lookups.tokens -= reply.lookups + LOOKUPS_PER_REQUEST;
      sent.bytes += reply.payload.length;
      this.#peers.send(conn, reply.code, reply.payload);
      if (reply.bodiesOf !== undefined) this.#onBodies(nowMs, conn, reply.bodiesOf);
    }
    if (client.queue.length === 0) this.#behind.delete(conn);
    else this.#behind.set(conn, client);
    this.#pauseRead(conn, client.queue.length >= MAX_QUEUED);
  }

  #client(nowMs: number, conn: ConnId): Client {
    let client = this.#clients.get(conn);
    if (client === undefined) {
      client = {
        sent: { atMs: nowMs, bytes: 0 },
        queue: [],
        bytes: fullBucket(REPLY_BYTES, nowMs),
        lookups: fullBucket(LOOKUPS, nowMs),
      };
      this.#clients.set(conn, client);
    }
    return client;
  }

  /** Decodes a request; what comes back finds the answer when its turn has come. Undefined for other messages. */
  #parse(code: number, payload: Uint8Array): (() => Reply) | undefined {
    const chain = this.#chain;
    switch (code) {
      case EthCode.getBlockHeaders: {
        const query = getBlockHeaders.decode(payload);
        return () => {
          const { items, lookups } = answerHeaders(chain, query);
          const { requestId } = query;
          return { code: blockHeaders.code, payload: blockHeaders.encode({ requestId, items }), lookups };
        };
      }
      case EthCode.getBlockBodies: {
        const { requestId, hashes } = getBlockBodies.decode(payload);
        return () => {
          const { items, lookups, found } = answerBodies(chain, hashes);
          return {
            code: blockBodies.code,
            payload: blockBodies.encode({ requestId, items }),
            lookups,
            bodiesOf: found,
          };
        };
      }
      case EthCode.getReceipts: {
        const { requestId, hashes } = getReceipts.decode(payload);
        return () => {
          const { items, lookups } = answerReceipts(chain, hashes);
          return { code: receipts.code, payload: receipts.encode({ requestId, items }), lookups };
        };
      }
      case EthCode.getPooledTransactions: {
        const { requestId, hashes } = getPooledTransactions.decode(payload);
        return () => {
          const { items, lookups } = answerPooled(this.#txs, hashes);
          const reply = pooledTransactions.encode({ requestId, transactions: items });
          return { code: pooledTransactions.code, payload: reply, lookups };
        };
      }
      case EthCode.getNodeData: {
        const { requestId } = getNodeData.decode(payload);
        return () => ({ code: nodeData.code, payload: nodeData.encode({ requestId, items: [] }), lookups: 0 });
      }
      default:
        return undefined;
    }
  }
}

/** True if the balance is above zero at `nowMs`. */
function isPositive(bucket: TokenBucket, rate: BucketRate, nowMs: number): boolean {
  takeTokens(bucket, rate, nowMs, 0);
  return bucket.tokens > 0;
}

/** When the balance is above zero, in ms. */
function positiveAt(bucket: TokenBucket, rate: BucketRate): number {
  if (bucket.tokens > 0) return bucket.updatedAtMs;
  return bucket.updatedAtMs + Math.floor((-bucket.tokens / rate.perSecond) * 1000) + 1;
}
