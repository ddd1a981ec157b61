import { complaint, type SourceFile } from './sources.js';

/** A file above this is two files. */
export const MAX_LINES = 500;

/** Files that are too long to be about one thing. */
export function sizeViolations(file: SourceFile): string[] {
  const lines = file.text.replace(/\n$/, '').split('\n').length;
  return lines > MAX_LINES ? [`${file.path}: ${lines} lines, at most ${MAX_LINES}`] : [];
}

const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'any', pattern: /(?:[:<,|&(=[]|=>|\bas|\bextends|\bkeyof)\s*any\b(?!\s*[:(.])/g },
  { what: 'a default export', pattern: /\bexport\s+default\b|\bas\s+default\b/g },
  { what: 'an enum', pattern: /\benum\s+\w+\s*\{/g },
  { what: 'a barrel', pattern: /\bexport\s*\*/g },
  {
    what: 'inheritance of something else than an error',
    pattern: /\bclass\s+\w+(?:<[^{]*>)?\s+extends\s+(?!\w*Error\b)\w+/g,
  },
];

/** Constructs that this project does without. */
export function constructViolations(file: SourceFile): string[] {
  return FORBIDDEN.flatMap(({ what, pattern }) =>
    [...file.bare.matchAll(pattern)].map((match) => complaint(file, match.index, what)),
  );
}

const EXPORTED =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type)\s+(?<name>\w+)/gm;
const DOC_BEFORE = /\/\*\*(?:(?!\*\/)[\s\S])*\w(?:(?!\*\/)[\s\S])*\*\/\s*$/;

/** Exported symbols without a doc comment right above. Of a function's overloads the first one carries it. */
export function docViolations(file: SourceFile): string[] {
  let previous = '';
  return [...file.bare.matchAll(EXPORTED)].flatMap((match) => {
    const name = match.groups?.name ?? '';
    const overload = name === previous;
    previous = name;
    if (overload || DOC_BEFORE.test(file.text.slice(0, match.index))) return [];
    return [complaint(file, match.index, `${name} is exported without a doc comment`)];
  });
}
