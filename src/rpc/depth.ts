/** No request nests deeper than a batch of calls with access lists; deeper ones are made to exhaust a parser's stack. */
export const MAX_DEPTH = 32;

/** Values in one request. An access list as long as an HTTP body has 80,000; a million empty objects take a second to parse. */
export const MAX_VALUES = 250_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What the brackets and commas of a text tell before it is parsed. */
export type Shape =
  | { readonly kind: 'fit' }
  /** Arrays and objects within one another beyond {@link MAX_DEPTH}. */
  | { readonly kind: 'too-deep' }
  /** More than {@link MAX_VALUES}. */
  | { readonly kind: 'too-many-values' }
  /** An array of more than `maxCalls` items; `first` is an array of that many, the first ones. */
  | { readonly kind: 'too-many-calls'; readonly first: string };

/** The shape of the JSON in `text`, looking at nothing in strings, and no further than what is too much. */
export function shapeOf(text: string, maxCalls: number): Shape {
  let depth = 0;
  let values = 0;
  let calls = 0;
  let isBatch = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    switch (code) {
      case QUOTE:
        i = endOfString(text, i);
        continue;
      case 0x5b: // [
      case 0x7b: // {
        if (depth === 0) isBatch = code === 0x5b;
        if (++depth > MAX_DEPTH) return { kind: 'too-deep' };
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        continue;
      case 0x2c: // ,
        if (isBatch && depth === 1 && ++calls >= maxCalls)
          return { kind: 'too-many-calls', first: `${text.slice(0, i)}]` };
        break;
      default:
        continue;
    }
    // Each value but the outermost stands behind an opening bracket or a comma.
    if (++values > MAX_VALUES) return { kind: 'too-many-values' };
  }
  return { kind: 'fit' };
}

/** Where the string that begins at `start` ends; the end of `text` if it does not. Nearly all of a request is in strings. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of backslashes escapes itself, an odd one the quote.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}
