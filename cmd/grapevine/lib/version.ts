import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './datadir.js';

/** The version in package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** What this node calls itself to peers and RPC clients: `Grapevine/name/v0.1.0/linux-x64/node20.20.2`. */
export function clientVersion(identity?: string): string {
  const name = identity === undefined ? '' : `/${identity}`;
  return `Grapevine${name}/v${packageVersion()}/${process.platform}-${process.arch}/node${process.versions.node}`;
}
