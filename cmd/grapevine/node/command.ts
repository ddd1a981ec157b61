import { join } from 'node:path';
import type { Command } from 'commander';
import { crypto, selectCrypto } from '../../../src/crypto/select.js';
import type { OpenDatadir } from '../../../src/platform/datadir/open.js';
import { ListenError } from '../../../src/platform/http/listen-error.js';
import { parseLevelFilter } from '../../../src/platform/log/level-filter.js';
import { createLogger, type Logger } from '../../../src/platform/log/logger.js';
import { openRotatingFile } from '../../../src/platform/log/rotating-file.js';
import { type RunningNode, runNode } from '../../../src/platform/run-node.js';
import type { Log } from '../../../src/ports/log.js';
import { writeChain } from '../lib/chain-writes.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { checkFakePow, type GenesisFile, genesisFor } from '../lib/genesis.js';
import { openForCommand } from '../lib/open-datadir.js';
import { printNote } from '../lib/print.js';
import { packageVersion } from '../lib/version.js';
import { runConfig } from './config.js';
import { addNodeFlags, type NodeFlags } from './flags.js';
import { untilStopped } from './signals.js';

function openLog(flags: NodeFlags): Logger {
  const filter = parseLevelFilter(flags['log.level']);
  if (!filter.ok) throw new CliError(ExitCode.usage, `--log.level: ${filter.error}`);
  return createLogger({
    filter: filter.value,
    format: flags['log.format'] ?? 'pretty',
    useColor: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    write: (line) => process.stdout.write(line),
    file: openRotatingFile(join(flags.datadir, 'logs', 'grapevine.log')),
  });
}

function logBanner(log: Log, flags: NodeFlags, file: GenesisFile, running: RunningNode, startedAtMs: number): void {
  const { chain, swarm } = running.node.rooms;
  const { header, hash } = chain.head();
  log.log('info', 'node', 'Grapevine', {
    version: packageVersion(),
    node: process.versions.node,
    crypto: crypto().name,
    datadir: flags.datadir,
    pid: process.pid,
  });
  log.log('info', 'node', 'Chain', { id: file.genesis.spec.chainId, genesis: file.hash, head: header.number, hash });
  log.log('info', 'node', 'Peers', { enode: swarm.nodeInfo().enode });
  if (running.rpcPort !== undefined) {
    log.log('info', 'node', 'JSON-RPC', { url: `http://${flags['http.addr']}:${running.rpcPort}`, ws: flags.ws });
  }
  if (flags.metrics) {
    log.log('info', 'node', 'Metrics', { url: `http://${flags['metrics.addr']}:${flags['metrics.port']}/metrics` });
  }
  if (crypto().name !== 'native') {
    log.log('warn', 'node', 'Slow secp256k1: the native one did not load', { using: crypto().name });
  }
  log.log('info', 'node', 'Ready', { in: `${Math.round(performance.now() - startedAtMs)} ms` });
}

/** A node that nobody told of others, and that found none before, waits to be found. */
function logLonely(log: Log, flags: NodeFlags, running: RunningNode): void {
  const told = flags.bootnodes.length + flags.staticpeers.length + flags.trustedpeers.length;
  if (told > 0 || flags.mine || running.node.rooms.chain.opening.kind !== 'created') return;
  log.log('warn', 'node', 'Nobody to connect to: name nodes with --bootnodes or --staticpeers', {
    genesis: flags.genesis ?? "the public test network's",
  });
}

function logOpening(log: Log, running: RunningNode): void {
  const { opening } = running.node.rooms.chain;
  if (opening.kind === 'rewound') {
    log.log('warn', 'chain', 'Went back to the newest whole block: what is above is fetched again', {
      from: opening.from,
      to: opening.to,
    });
  }
  if (opening.kind === 'mended') {
    log.log('warn', 'chain', 'Damaged records were made anew from the others', { blocks: opening.blocks });
  }
}

function logDamage(log: Log, { path, chainDb }: OpenDatadir): void {
  if (!chainDb.repaired) return;
  const files = chainDb.lost.length === 0 ? 'none' : chainDb.lost.join(', ');
  log.log('warn', 'store', 'The database was damaged and has been repaired; check the disk', {
    damaged: files,
    kept: join(path, 'chain', 'lost'),
  });
}

async function start(flags: NodeFlags, file: GenesisFile, log: Logger): Promise<RunningNode> {
  const config = runConfig(flags, file.genesis.spec);
  const datadir = await openForCommand(flags.datadir, file, flags.fakepow);
  logDamage(log, datadir);
  await writeChain(datadir, true);
  try {
    return await runNode(datadir, config, log);
  } catch (cause) {
    if (!(cause instanceof ListenError)) throw cause;
    throw new CliError(cause.failure === 'port-in-use' ? ExitCode.portInUse : ExitCode.config, cause.message);
  }
}

async function run(flags: NodeFlags): Promise<void> {
  const startedAtMs = performance.now();
  await selectCrypto(flags.crypto);
  const file = genesisFor(flags.datadir, flags.genesis);
  checkFakePow(file, flags.fakepow);
  const log = openLog(flags);
  const running = await start(flags, file, log);
  logBanner(log, flags, file, running, startedAtMs);
  logOpening(log, running);
  logLonely(log, flags, running);

  const end = await untilStopped(running.failed, () => {
    printNote('Stopped at once by a second signal; the next start repairs what is unfinished.');
    process.exit(ExitCode.forced);
  });
  if (end.kind === 'signal') log.log('info', 'node', 'Stopping', { signal: end.signal });
  else log.log('error', 'node', 'The node can not go on', { reason: end.failure.reason, detail: end.failure.message });
  await running.stop();
  log.log('info', 'node', 'Stopped');
  if (end.kind === 'failure') {
    const full = end.failure.reason === 'disk-full';
    throw new CliError(
      full ? ExitCode.diskFull : ExitCode.unexpected,
      end.failure.message,
      full
        ? 'free space and start the node again: it goes on where it was'
        : 'check the disk; the next start repairs the database',
    );
  }
}

/** Adds `node`. */
export function addNodeCommand(program: Command): void {
  const command = program.command('node').description('run a node');
  addNodeFlags(command);
  command.action((flags: NodeFlags) => run(flags));
}
