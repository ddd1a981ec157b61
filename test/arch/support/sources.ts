import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Blanked, blank } from './lexer.js';

/** One import or re-export, whatever its form. */
export interface Import {
  readonly specifier: string;
  /** True if nothing is left of it at run time. */
  readonly typeOnly: boolean;
}

/** A source file, by its path from the project root with forward slashes. */
export interface SourceFile extends Blanked {
  readonly path: string;
  readonly text: string;
  /** `src/<room>/...`; everything under `cmd` is the room `cmd`. */
  readonly room: string;
  readonly imports: readonly Import[];
}

/** A file to check, from its path and text alone: what the samples in these tests are made with. */
export function sourceFile(path: string, text: string): SourceFile {
  const [top = '', room = ''] = path.split('/');
  const blanked = blank(text);
  return { path, text, room: top === 'src' ? room : top, imports: importsOf(blanked), ...blanked };
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Every TypeScript file under the folders `roots` of the project. Throws if there is none: a check of nothing proves nothing. */
export function projectFiles(...roots: readonly string[]): SourceFile[] {
  return roots.flatMap((root) => {
    const paths = readdirSync(posix.join(ROOT, root), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(root, name.replaceAll('\\', '/')))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
    if (paths.length === 0) throw new Error(`no source files under ${root}`);
    return paths.sort().map((path) => sourceFile(path, readFileSync(posix.join(ROOT, path), 'utf8')));
  });
}

/** The path that a relative import names, with `.ts`; undefined for a package. */
export function resolveImport(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts');
}

const STATEMENT = /^[ \t]*(?:import|export)\b(?<clause>[^;'"]*?)\bfrom\s*(?=['"])/gm;
const SIDE_EFFECT = /^[ \t]*import\s*(?=['"])/gm;
const CALL = /\b(?<type>typeof\s+)?import\s*\(\s*(?=['"])/g;
const NAMED_TYPES = /^\s*\{(?:\s*type\s+[^,{}]+,?)+\s*\}\s*$/;

function importsOf({ code, bare }: Blanked): Import[] {
  const found: Import[] = [];
  const add = (match: RegExpMatchArray, typeOnly: boolean): void => {
    const start = (match.index ?? 0) + match[0].length;
    const quote = code.charAt(start);
    found.push({ specifier: code.slice(start + 1, code.indexOf(quote, start + 1)), typeOnly });
  };
  for (const match of bare.matchAll(STATEMENT)) {
    const clause = match.groups?.clause ?? '';
    add(match, /^\s+type\b/.test(clause) || NAMED_TYPES.test(clause));
  }
  for (const match of bare.matchAll(SIDE_EFFECT)) add(match, false);
  for (const match of bare.matchAll(CALL)) add(match, match.groups?.type !== undefined);
  return found;
}

/** `path:line: what`, for a message that an editor can jump to. */
export function complaint(file: SourceFile, offset: number, what: string): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}: ${what}`;
}
