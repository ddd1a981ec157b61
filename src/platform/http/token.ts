import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import { writeDurably } from '../write-durably.js';

/** The characters of a bearer token (RFC 6750, section 2.1); fewer than 32 of them are too easily guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{32,512}=*$/;
const NEW_TOKEN_BYTES = 32;

/** What a caller may use: all that is offered, or only what strangers may. */
export type Grant = 'all' | 'public' | 'refused';

/** What the Authorization header of a request gives its sender, where `token` is asked for. */
export function grantOf(header: string | undefined, token: string): Grant {
  if (header === undefined) return 'public';
  const [scheme = '', given = ''] = header.split(' ', 2);
  return scheme.toLowerCase() === 'bearer' && isSame(given, token) ? 'all' : 'refused';
}

/** Compares digests, so that the time it takes tells nothing of the token. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The token in the file at `path`; a file that is not there is made, with mode 0600 and a random token. */
export function loadToken(path: string): Result<string, string> {
  try {
    if (!existsSync(path)) writeDurably(path, `${randomBytes(NEW_TOKEN_BYTES).toString('hex')}\n`, 0o600);
    const token = readFileSync(path, 'utf8').trim();
    return TOKEN.test(token) ? ok(token) : err('a token has at least 32 letters, digits and signs of -._~+/');
  } catch (cause) {
    return err((cause as Error).message);
  }
}
