import { join } from 'node:path';
import type { Command } from 'commander';
import { defaultDatadir } from './datadir.js';

/** Where a client command finds its node. */
export interface TargetOptions {
  readonly rpc?: string;
  readonly datadir?: string;
}

/** Adds the options that name a running node. */
export function withTarget(command: Command): Command {
  return command
    .option('--rpc <target>', 'http(s) URL or IPC socket of the node (default: the IPC socket in the datadir)')
    .option('--datadir <dir>', 'data directory of the node');
}

/** The URL or socket path that `options` name. */
export function targetOf(options: TargetOptions): string {
  return options.rpc ?? join(options.datadir ?? defaultDatadir(), 'grapevine.ipc');
}
