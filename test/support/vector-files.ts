import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The public test data lie beside the project, not in it: they are large and other people's. */
export const VECTORS_ROOT =
  process.env.GRAPEVINE_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

interface Manifest {
  readonly files: Readonly<Record<string, { readonly cases: number }>>;
}

/** The absolute path of a file or folder of the test data (`rlp/rlptest.json`), or undefined if it is not there. */
export function vectorsPath(name: string): string | undefined {
  const path = `${VECTORS_ROOT.replace(/\/$/, '')}/${name}`;
  return existsSync(path) ? path : undefined;
}

/** The parsed content of a JSON file of the test data; throws if it is not there. */
export function readVector<T>(name: string): T {
  const path = vectorsPath(name);
  if (path === undefined) throw new Error(`no test data at ${VECTORS_ROOT}: ${name}`);
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

const covers = (name: string, path: string): boolean => (name.endsWith('/') ? path.startsWith(name) : path === name);

/** Every file that the manifest lists. */
export const manifestFiles = (): string[] => Object.keys(readVector<Manifest>('manifest.json').files);

/** How many cases the manifest promises in a file, or in all files of a folder (a name that ends in `/`). Throws for none. */
export function expectedCases(name: string): number {
  const wanted = Object.entries(readVector<Manifest>('manifest.json').files).filter(([path]) => covers(name, path));
  if (wanted.length === 0) throw new Error(`the manifest does not list ${name}`);
  return wanted.reduce((sum, [, { cases }]) => sum + cases, 0);
}
