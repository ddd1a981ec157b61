import { word32 } from './byte-reader.js';
import { crc32c, maskCrc } from './crc32c.js';

/** A log is cut into blocks of this size; the last may be shorter (log_format.md). */
const LOG_BLOCK_BYTES = 32_768;
/** Checksum, length and kind of a piece of a record. */
const HEADER_BYTES = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

/** What a log holds. */
export interface LogContent {
  /** The records that are whole, in order. */
  readonly records: readonly Uint8Array[];
  /** The last record was not written to its end, as when the process was killed: no damage. */
  readonly torn: boolean;
  /** Where something stands that no writer wrote. */
  readonly damagedAt: number | undefined;
}

/** Reads a log or a manifest. Where it is damaged the rest of that block is left out, since its lengths can't be trusted. */
export function readLog(bytes: Uint8Array): LogContent {
  const joiner = new RecordJoiner();
  let damagedAt: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    const blockEnd = Math.min(bytes.length, at - (at % LOG_BLOCK_BYTES) + LOG_BLOCK_BYTES);
    const endsFile = blockEnd === bytes.length;
    // Less than a header is the padding of a block, or the beginning of a header that was not written to its end.
    if (blockEnd - at < HEADER_BYTES) {
      if (endsFile && blockEnd % LOG_BLOCK_BYTES !== 0) return { ...joiner.content(), torn: true, damagedAt };
      at = blockEnd;
      continue;
    }
    const length = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8);
    const end = at + HEADER_BYTES + length;
    if (end > blockEnd && endsFile) return { ...joiner.content(), torn: true, damagedAt };
    const isWhole = end <= blockEnd && maskCrc(crc32c(bytes, at + 6, end)) === word32(bytes, at);
    const joined = isWhole && joiner.take(bytes[at + 6] as number, bytes.subarray(at + HEADER_BYTES, end));
    if (!isWhole) joiner.drop();
    if (!joined) damagedAt ??= at;
    at = isWhole ? end : blockEnd;
  }
  return { ...joiner.content(), damagedAt };
}

/** Joins the pieces of records that lie in several blocks. */
class RecordJoiner {
  readonly #records: Uint8Array[] = []; // BOUNDED: by the file
  #pieces: Uint8Array[] | undefined; // BOUNDED: by the file

  /** False if the piece does not follow the one before it; what can be used of it is used all the same. */
  take(kind: number, piece: Uint8Array): boolean {
    const starts = kind === FULL || kind === FIRST;
    // A FIRST without content may stand alone: early writers left some.
    const follows = starts ? !this.#pieces?.some(({ length }) => length > 0) : this.#pieces !== undefined;
    if (kind < FULL || kind > LAST) return false;
    if (starts) this.#pieces = [piece];
    else this.#pieces?.push(piece);
    if (this.#pieces !== undefined && (kind === FULL || kind === LAST)) {
      this.#records.push(concat(this.#pieces));
      this.#pieces = undefined;
    }
    return follows;
  }

  /** Forgets the record that is not complete yet: a piece of it is lost. */
  drop(): void {
    this.#pieces = undefined;
  }

  content(): Pick<LogContent, 'records' | 'torn'> {
    return { records: this.#records, torn: this.#pieces !== undefined };
  }
}

/** A log of `records`. */
export function writeLog(records: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []; // BOUNDED: by the records
  let size = 0;
  for (const record of records) {
    for (let from = 0, begun = false, ended = false; !ended; ) {
      const room = LOG_BLOCK_BYTES - (size % LOG_BLOCK_BYTES);
      let part = new Uint8Array(room);
      if (room >= HEADER_BYTES) {
        const to = Math.min(record.length, from + room - HEADER_BYTES);
        ended = to === record.length;
        part = pieceOf(begun ? (ended ? LAST : MIDDLE) : ended ? FULL : FIRST, record.subarray(from, to));
        begun = true;
        from = to;
      }
      parts.push(part);
      size += part.length;
    }
  }
  return concat(parts);
}

function pieceOf(kind: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(HEADER_BYTES + content.length);
  piece[4] = content.length & 0xff;
  piece[5] = content.length >> 8;
  piece[6] = kind;
  piece.set(content, HEADER_BYTES);
  new DataView(piece.buffer).setUint32(0, maskCrc(crc32c(piece, 6)), true);
  return piece;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new Uint8Array(Buffer.concat(parts));
}
