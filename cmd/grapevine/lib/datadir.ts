import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `~/.grapevine`. */
export const defaultDatadir = (): string => join(homedir(), '.grapevine');

/** The folder that holds package.json, whether this runs from the sources or from `dist`. */
export function packageRoot(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const fromSources = resolve(here, '../../..');
  return here.includes(join('dist', 'cmd')) ? resolve(fromSources, '..') : fromSources;
}
