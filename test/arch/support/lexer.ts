/** A source text with parts blanked out by spaces: every offset and line stays where it was. */
export interface Blanked {
  /** Without comments. */
  readonly code: string;
  /** Without comments and without the content of strings, templates and regular expressions. */
  readonly bare: string;
}

/** After these a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:^|[([{,;:=!&|?+\-*%<>~^}\n]|\breturn|\btypeof|\bcase)\s*$/;

/**
 * Finds comments, strings, templates and regular expressions in TypeScript. Not a parser: code inside `${}` counts as
 * part of its template.
 */
export function blank(text: string): Blanked {
  const comments: [number, number][] = [];
  const literals: [number, number][] = [];
  let at = 0;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const one = text.charAt(at);
    if (two === '//') at = push(comments, at, endOr(text, text.indexOf('\n', at)));
    else if (two === '/*') at = push(comments, at, endOr(text, text.indexOf('*/', at + 2) + 2, 1));
    else if (one === "'" || one === '"') at = push(literals, at, stringEnd(text, at));
    else if (one === '`') at = push(literals, at, templateEnd(text, at));
    else if (one === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 40), at))) {
      at = push(literals, at, regexEnd(text, at));
    } else at++;
  }
  return { code: erase(text, comments, 0), bare: erase(erase(text, comments, 0), literals, 1) };
}

function push(spans: [number, number][], start: number, end: number): number {
  spans.push([start, end]);
  return end;
}

function endOr(text: string, end: number, least = 0): number {
  return end <= least ? text.length : end;
}

/** Blanks each span but `keep` characters at either end; line breaks stay. */
function erase(text: string, spans: readonly [number, number][], keep: number): string {
  let result = '';
  let from = 0;
  for (const [start, end] of spans) {
    result += text.slice(from, start + keep) + text.slice(start + keep, end - keep).replace(/[^\n]/g, ' ');
    from = Math.max(start + keep, end - keep);
  }
  return result + text.slice(from);
}

function stringEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote || text[at] === '\n') return at + 1;
  }
  return text.length;
}

function templateEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (depth === 0 && char === '`') return at + 1;
    else if (depth === 0 && char === '$' && text[at + 1] === '{') {
      depth = 1;
      at++;
    } else if (depth > 0) {
      if (char === '{') depth++;
      else if (char === '}') depth--;
      else if (char === '`') at = templateEnd(text, at) - 1;
      else if (char === "'" || char === '"') at = stringEnd(text, at) - 1;
    }
  }
  return text.length;
}

function regexEnd(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '\n') return at;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return text.length;
}
