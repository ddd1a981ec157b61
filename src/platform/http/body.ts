import type { IncomingMessage } from 'node:http';

/** Reads the body of `request` as text. `done` gets undefined, at once, if it is longer than `maxBytes`; nothing if the client goes away. */
export function readBody(request: IncomingMessage, maxBytes: number, done: (text: string | undefined) => void): void {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) {
    done(undefined);
    return;
  }
  // Nearly every call comes as one chunk; a list is made for the others only.
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let length = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    length += chunk.length;
    if (length > maxBytes) {
      over = true;
      first = undefined;
      rest = undefined;
      done(undefined);
    } else if (first === undefined) first = chunk;
    else {
      rest ??= [first];
      rest.push(chunk);
    }
  });
  request.on('end', () => {
    if (over) return;
    done(rest === undefined ? (first?.toString('utf8') ?? '') : Buffer.concat(rest, length).toString('utf8'));
  });
}
