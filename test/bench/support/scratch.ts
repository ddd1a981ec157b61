import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(tmpdir(), 'grapevine-bench');

/** A path under the folder whose content later runs use again; `version` keeps old content apart. */
export function cachedPath(name: string, version: number): string {
  const folder = join(ROOT, `cache-${version}`);
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** Makes the file `name` by `make` unless an earlier run left it. */
export function cachedFile(name: string, version: number, make: (path: string) => void): string {
  const path = cachedPath(name, version);
  if (!existsSync(path)) make(path);
  return path;
}

/** Runs `work` with a fresh folder that is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(ROOT, { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'run-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
