/** No request nests deeper than a batch of calls with access lists; deeper ones are made to exhaust a parser's stack. */
export const MAX_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** True if the JSON in `text` nests arrays and objects deeper than {@link MAX_DEPTH}; brackets in strings do not count. */
export function tooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) quoted = false;
      continue;
    }
    switch (code) {
      case QUOTE:
        quoted = true;
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > MAX_DEPTH) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
    }
  }
  return false;
}
