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

/** Reads the body of `request` as text. `done` gets undefined, at once, if it is longer than `maxBytes`; nothing if the client goes away. */
export function readBody(request: IncomingMessage, maxBytes: number, done: (text: string | undefined) => void): void {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) {
    done(undefined);
    return;
  }
  // Nearly every call comes as one piece, which is read where it is.
  let gathered: Gathered | undefined;
  let over = false;
  request.on('data', (piece: Buffer) => {
    if (over) return;
    if ((gathered?.length ?? 0) + piece.length > maxBytes) {
      over = true;
      gathered = undefined;
      done(undefined);
    } else
      gathered = gathered === undefined ? { bytes: piece, length: piece.length } : append(gathered, piece, maxBytes);
  });
  request.on('end', () => {
    if (!over) done(gathered?.bytes.toString('utf8', 0, gathered.length) ?? '');
  });
}
