import type { IncomingMessage } from 'node:http';

/** Room that a body in pieces gets at first. */
const LEAST_ROOM = 16 * 1024;

/** Bytes that come in pieces. */
interface Gathered {
  readonly bytes: Buffer;
  readonly length: number;
}

/** Adds `piece`, which is copied: a client may send every byte as a piece of its own, and each object costs hundreds. */
function append({ bytes, length }: Gathered, piece: Buffer, maxBytes: number): Gathered {
  const end = length + piece.length;
  if (end <= bytes.length) {
    piece.copy(bytes, length);
    return { bytes, length: end };
  }
  // BOUNDED: by maxBytes, which the caller holds `end` to.
  const wider = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(LEAST_ROOM, 2 * end)));
  bytes.copy(wider, 0, 0, length);
  piece.copy(wider, length);
  return { bytes: wider, length: end };
}

/** Room for the bodies of all requests together that come in more than one piece. */
export interface BodyRoom {
  freeBytes: number;
}

/**
 * Reads the body of `request` as text. `done` gets undefined, at once, if it is longer than `maxBytes` or there is no `room`;
 * nothing if the client goes away.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  room: BodyRoom,
  done: (text: string | undefined) => void,
): void {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) {
    done(undefined);
    return;
  }
  // Nearly every call comes as one piece, which is read where it is.
  let gathered: Gathered | undefined;
  let over = false;
  let taken = 0;

  function take(bytes: number): void {
    room.freeBytes += taken - bytes;
    taken = bytes;
  }

  request.on('data', (piece: Buffer) => {
    if (over) return;
    const length = (gathered?.length ?? 0) + piece.length;
    if (gathered !== undefined) {
      if (taken === 0) request.once('close', () => take(0));
      take(length);
    }
    if (length > maxBytes || room.freeBytes < 0) {
      over = true;
      gathered = undefined;
      take(0);
      done(undefined);
    } else gathered = gathered === undefined ? { bytes: piece, length } : append(gathered, piece, maxBytes);
  });
  request.on('end', () => {
    take(0);
    if (!over) done(gathered?.bytes.toString('utf8', 0, gathered.length) ?? '');
  });
}
