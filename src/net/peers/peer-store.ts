import type { NodeId } from '../../base/brand.js';
import { fromHex, parseHash32, parseHex, parsePublicKey } from '../../base/hex.js';
import type { KvWrite } from '../../ports/kv.js';
import { canonicalIp } from '../../types/ip.js';
import type { Ban } from '../defense/banlist.js';
import { type StoredRecord, storedKey, storedNumber, storedRecord, storedText, storedWrite } from '../stored.js';
import type { BookEntry } from './address-book.js';

/** What the peers database holds, decoded. */
export interface StoredPeers {
  readonly bans: readonly Ban[];
  readonly book: readonly BookEntry[];
  /** The secret of the address book; undefined on the first start. */
  readonly bookKey: Uint8Array | undefined;
  /** The last sequence number of our node record; 0n if none. */
  readonly enrSeq: bigint;
}

const BOOK_KEY = 'secret:book';
const ENR_SEQ = 'enr:seq';

/** Reads the records of the peers database. What does not decode is left out: it is a cache, not a ledger. */
export function readStoredPeers(records: Iterable<readonly [key: Uint8Array, value: Uint8Array]>): StoredPeers {
  const bans: Ban[] = [];
  const book: BookEntry[] = [];
  let bookKey: Uint8Array | undefined;
  let enrSeq = 0n;
  for (const [rawKey, rawValue] of records) {
    const key = storedKey(rawKey);
    const record = storedRecord(rawValue);
    if (record === undefined) continue;
    const name = key.slice(key.indexOf(':') + 1);
    if (key === BOOK_KEY) bookKey = readSecret(record);
    else if (key === ENR_SEQ) enrSeq = BigInt(Math.trunc(storedNumber(record, 'seq') ?? 0));
    else if (key.startsWith('ban:')) push(bans, readBan(name, record));
    else if (key.startsWith('node:')) push(book, readEntry(name, record));
  }
  return { bans, book, bookKey, enrSeq };
}

/** The write of a ban, or of its removal. */
export function banWrite(target: string, ban: Ban | undefined): KvWrite {
  if (ban === undefined) return storedWrite(`ban:${target}`, undefined);
  const until = Number.isFinite(ban.untilMs) ? ban.untilMs : null;
  const { manual, reason, strikes, strikesAtMs } = ban;
  return storedWrite(`ban:${target}`, { manual, reason: reason.slice(0, 256), until, strikes, strikesAtMs });
}

/** The write of a node of the address book, or of its removal. */
export function entryWrite(id: NodeId, entry: BookEntry | undefined): KvWrite {
  if (entry === undefined) return storedWrite(`node:${id}`, undefined);
  const { publicKey, tried, source16, firstSeenMs, lastSeenMs, fails } = entry;
  const { ip, udpPort, tcpPort } = entry.endpoint;
  const record = { publicKey, tried, source16, firstSeenMs, lastSeenMs, fails, ip, udpPort, tcpPort };
  return storedWrite(`node:${id}`, record);
}

/** The writes that a first start adds: the book's secret. */
export function bookKeyWrite(key: Uint8Array): KvWrite {
  return storedWrite(BOOK_KEY, { secret: `0x${Buffer.from(key).toString('hex')}` });
}

/** The write of our node record's sequence number (in ms since 1970 at first, so a safe integer). */
export function enrSeqWrite(seq: bigint): KvWrite {
  return storedWrite(ENR_SEQ, { seq: Number(seq) });
}

function push<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}

function readSecret(record: StoredRecord): Uint8Array | undefined {
  const hex = parseHex(storedText(record, 'secret') ?? '');
  return hex?.length === 66 ? fromHex(hex) : undefined;
}

function readBan(target: string, record: StoredRecord): Ban | undefined {
  const until = record.until === null ? Number.POSITIVE_INFINITY : storedNumber(record, 'until');
  const [strikes, strikesAtMs] = [storedNumber(record, 'strikes'), storedNumber(record, 'strikesAtMs')];
  if (until === undefined || strikes === undefined || strikesAtMs === undefined) return undefined;
  if (parseHash32(target) === undefined && canonicalIp(target) === undefined) return undefined;
  const reason = storedText(record, 'reason') ?? '';
  return { target, manual: record.manual === true, reason, untilMs: until, strikes, strikesAtMs };
}

function readEntry(id: string, record: StoredRecord): BookEntry | undefined {
  const nodeId = parseHash32(id);
  const publicKey = parsePublicKey(storedText(record, 'publicKey') ?? '');
  const ip = canonicalIp(storedText(record, 'ip') ?? '');
  const [udpPort, tcpPort] = [readPort(record, 'udpPort'), readPort(record, 'tcpPort')];
  const [firstSeenMs, lastSeenMs] = [storedNumber(record, 'firstSeenMs'), storedNumber(record, 'lastSeenMs')];
  if (nodeId === undefined || publicKey === undefined || ip === undefined) return undefined;
  if (udpPort === undefined || tcpPort === undefined) return undefined;
  if (firstSeenMs === undefined || lastSeenMs === undefined) return undefined;
  return {
    nodeId: nodeId as string as NodeId,
    publicKey,
    endpoint: { ip, udpPort, tcpPort },
    tried: record.tried === true,
    source16: storedText(record, 'source16', 64) ?? '',
    firstSeenMs,
    lastSeenMs,
    fails: Math.max(0, Math.trunc(storedNumber(record, 'fails') ?? 0)),
  };
}

function readPort(record: StoredRecord, name: string): number | undefined {
  const port = storedNumber(record, name);
  return port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined;
}
