import { BoundedMap } from '../../base/bounded.js';
import { type AccessRules, hostAllowed, isJsonType } from './access.js';

/** Longer heads than this are left to node:http; programs send about 150 characters. */
const MAX_HEAD_LENGTH = 1024;
/** Heads remembered: a client's differ in the length of the body alone. */
const REMEMBERED_HEADS = 256;

const HEAD_END = Buffer.from('\r\n\r\n');
const REQUEST_LINE = /^POST \/[!-~]* HTTP\/1\.1$/;
/** No space before the colon, no folded line, nothing but visible ASCII (RFC 9112, section 5). */
const HEADER_LINE = /^([A-Za-z-]+): ?([ -~]*)$/;
/** Headers that change nothing of how a call is read or answered. */
const IRRELEVANT: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'sec-fetch-mode',
  'user-agent',
]);
/** What node:http would read as one length; lists, signs and leading zeros are its business. */
const LENGTH = /^(0|[1-9][0-9]{0,8})$/;

/** Reads calls from the bytes of a connection. */
export interface PlainCalls {
  /**
   * The body if `chunk` is one whole plain call: a POST of HTTP/1.1 with a JSON body of declared length, to a host that
   * is ours, and no header that matters beside these. Undefined for all else, right or wrong.
   */
  bodyOf(chunk: Buffer): string | undefined;
}

/** The length of the body that is declared by the head of a plain call; undefined if it is no plain call's. */
function declaredLength(head: string, access: AccessRules): number | undefined {
  const [requestLine = '', ...lines] = head.split('\r\n');
  if (!REQUEST_LINE.test(requestLine)) return undefined;
  const headers = new Map<string, string>(); // BOUNDED: by MAX_HEAD_LENGTH
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER_LINE.exec(line) ?? [];
    const key = name.toLowerCase();
    // Twice the same header is an attempt to be read in two ways.
    if (key === '' || headers.has(key)) return undefined;
    if (!IRRELEVANT.has(key)) headers.set(key, value.trim());
  }
  const length = LENGTH.exec(headers.get('content-length') ?? '')?.[0];
  const host = headers.get('host');
  const isPlain =
    length !== undefined &&
    host !== undefined &&
    hostAllowed(host, access) &&
    isJsonType(headers.get('content-type')) &&
    (headers.get('connection') ?? 'keep-alive').toLowerCase() === 'keep-alive';
  const understood = headers.has('connection') ? 4 : 3;
  return isPlain && headers.size === understood ? Number(length) : undefined;
}

/** Creates the reader of calls to a server with these rules, whose bodies have at most `maxBytes`. */
export function createPlainCalls(access: AccessRules, maxBytes: number): PlainCalls {
  const lengths = new BoundedMap<string, number>(REMEMBERED_HEADS);

  function lengthOf(head: string): number | undefined {
    const known = lengths.peek(head);
    if (known !== undefined) return known;
    const length = declaredLength(head, access);
    if (length !== undefined) lengths.set(head, length);
    return length;
  }

  return {
    bodyOf(chunk) {
      const headLength = chunk.indexOf(HEAD_END);
      if (headLength < 0 || headLength > MAX_HEAD_LENGTH) return undefined;
      const length = lengthOf(chunk.toString('latin1', 0, headLength));
      const start = headLength + HEAD_END.length;
      if (length === undefined || length > maxBytes || chunk.length !== start + length) return undefined;
      return chunk.toString('utf8', start);
    },
  };
}
