import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CliError } from './cli-error.js';
import { defaultDatadir } from './datadir.js';
import { ExitCode } from './exit-code.js';
import { createRpcClient, type RpcClient } from './rpc-client.js';

/** Where a client command finds its node. */
export interface TargetOptions {
  readonly rpc?: string;
  readonly tokenFile?: string;
  readonly datadir?: string;
}

/** Adds the options that name a running node. */
export function withTarget(command: Command): Command {
  return command
    .option('--rpc <target>', 'http(s) URL or IPC socket of the node (default: the IPC socket in the datadir)')
    .option('--token-file <path>', "the node's --http.token-file, where it asks for a token")
    .option('--datadir <dir>', 'data directory of the node');
}

/** A client of the node that `options` name. */
export function clientOf({ rpc, tokenFile, datadir }: TargetOptions): RpcClient {
  return createRpcClient(rpc ?? join(datadir ?? defaultDatadir(), 'grapevine.ipc'), tokenFile && tokenIn(tokenFile));
}

function tokenIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new CliError(ExitCode.usage, `can't read the token file ${path}: ${(cause as Error).message}`);
  }
}
