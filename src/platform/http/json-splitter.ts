const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Cuts a stream of JSON objects and arrays, with or without white space between them, into texts. */
export interface JsonSplitter {
  /** The texts that `chunk` completes; undefined if the stream is no such stream or a text passes the limit: close it. */
  feed(chunk: Uint8Array): string[] | undefined;
  /** Bytes of a text that is not complete. */
  heldBytes(): number;
}

const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Creates a splitter of texts of at most `maxBytes`. It looks at each byte once. */
export function createJsonSplitter(maxBytes: number): JsonSplitter {
  // BOUNDED: by maxBytes.
  let parts: Uint8Array[] = [];
  let length = 0;
  let depth = 0;
  let quoted = false;
  let escaped = false;

  function take(part: Uint8Array): string {
    parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    return text;
  }

  /** Follows one byte inside a text. */
  function follow(byte: number): void {
    if (!quoted) {
      if (byte === QUOTE) quoted = true;
      else if (isOpening(byte)) depth++;
      else if (isClosing(byte)) depth--;
    } else if (escaped) escaped = false;
    else if (byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) quoted = false;
  }

  return {
    heldBytes: () => length,
    feed(chunk) {
      const texts: string[] = [];
      let start = 0;
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i] as number;
        if (depth === 0) {
          if (isSpace(byte)) continue;
          if (!isOpening(byte)) return undefined;
          start = i;
        }
        follow(byte);
        if (depth > 0) continue;
        if (length + i + 1 - start > maxBytes) return undefined;
        texts.push(take(chunk.subarray(start, i + 1)));
        start = i + 1;
      }
      if (depth === 0) return texts;
      // A copy, so that a few bytes of a text do not keep the whole chunk.
      parts.push(chunk.slice(start));
      length += chunk.length - start;
      return length > maxBytes ? undefined : texts;
    },
  };
}
