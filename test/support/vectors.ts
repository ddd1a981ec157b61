import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** The public test data lie beside the project, not in it: they are large and other people's. */
const ROOT = process.env.GRAPEVINE_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

interface Manifest {
  readonly files: Readonly<Record<string, { readonly cases: number }>>;
}

/** The absolute path of a file or folder of the test data (`rlp/rlptest.json`), or undefined if it is not there. */
export function vectorsPath(name: string): string | undefined {
  const path = `${ROOT.replace(/\/$/, '')}/${name}`;
  return existsSync(path) ? path : undefined;
}

/** The parsed content of a JSON file of the test data; throws if it is not there. */
export function readVector<T>(name: string): T {
  const path = vectorsPath(name);
  if (path === undefined) throw new Error(`no test data at ${ROOT}: ${name}`);
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** How many cases the manifest promises in a file, or in all files of a folder (a name that ends in `/`). Throws for none. */
export function expectedCases(name: string): number {
  const { files } = readVector<Manifest>('manifest.json');
  const wanted = Object.entries(files).filter(([path]) => (name.endsWith('/') ? path.startsWith(name) : path === name));
  if (wanted.length === 0) throw new Error(`the manifest does not list ${name}`);
  return wanted.reduce((sum, [, { cases }]) => sum + cases, 0);
}

/**
 * A `describe` that needs the test data `name`. Where they are absent it is skipped with a note, except under CI: there
 * a missing file fails, so that a suite that no longer runs cannot pass.
 */
export function describeVectors(name: string, body: () => void): void {
  if (vectorsPath(name) !== undefined) {
    describe(name, body);
    return;
  }
  const note = `test data ${name} not found under ${ROOT} (set GRAPEVINE_VECTORS)`;
  describe(name, () => {
    if (process.env.CI === undefined) it.skip(note, () => undefined);
    else
      it('has its test data', () => {
        throw new Error(note);
      });
  });
}
