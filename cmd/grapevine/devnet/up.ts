import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { selectCrypto } from '../../../src/crypto/select.js';
import { CliError } from '../lib/cli-error.js';
import { packageRoot } from '../lib/datadir.js';
import { ExitCode } from '../lib/exit-code.js';
import { readGenesisFile } from '../lib/genesis.js';
import { printLine, printNote } from '../lib/print.js';
import { DEVNET_MNEMONIC, fundedAccounts, writeAccounts } from './accounts.js';
import { launchNodes, waitUntilReady } from './launch.js';
import { layOutNodes } from './layout.js';
import { followLogs } from './logs.js';
import { type DevnetNetwork, devnetFolder, readNetwork, writeNetwork } from './network-file.js';
import { findPorts, isFree } from './ports.js';
import { runningPid, stopProcesses } from './processes.js';
import { summaryLines } from './summary.js';

/** The flags of `devnet up`. */
export interface UpOptions {
  readonly name: string;
  readonly nodes: number | undefined;
  readonly genesis: string | undefined;
  readonly portOffset: number;
  readonly timeout: number;
  readonly foreground: boolean;
  readonly keep: boolean;
}

const DEFAULT_NODES = 4;

/** The genesis that the miners' pace is made for. */
const ownGenesis = (): string => join(packageRoot(), 'genesis', 'devnet.json');

async function createNetwork(options: UpOptions): Promise<DevnetNetwork> {
  const genesisFile = resolve(options.genesis ?? ownGenesis());
  const { genesis, hash } = readGenesisFile(genesisFile);
  const { plan } = await findPorts(options.nodes ?? DEFAULT_NODES, options.portOffset);
  mkdirSync(devnetFolder(options.name), { recursive: true });
  return {
    name: options.name,
    chainId: Number(genesis.spec.chainId),
    currency: 'ETH',
    genesisFile,
    genesisHash: hash,
    mnemonic: DEVNET_MNEMONIC,
    nodes: layOutNodes(options.name, plan),
  };
}

/** Gives a stopped network other ports if somebody took one of its own meanwhile. */
async function movedIfTaken(network: DevnetNetwork, options: UpOptions): Promise<DevnetNetwork> {
  const own = network.nodes.map((node) => ({ p2p: node.p2pPort, rpc: node.rpcPort, metrics: node.metricsPort }));
  if (await isFree(own)) return network;
  const { plan } = await findPorts(network.nodes.length, options.portOffset);
  printNote(
    `A port of devnet "${network.name}" is taken by another program; it moves to RPC ports from ${plan[0]?.rpc}.`,
  );
  return { ...network, nodes: layOutNodes(network.name, plan) };
}

function runningPids(network: DevnetNetwork): Map<string, number> {
  const running = new Map<string, number>();
  for (const node of network.nodes) {
    const pid = runningPid(node);
    if (pid !== undefined) running.set(node.name, pid);
  }
  return running;
}

function checkSameNetwork(network: DevnetNetwork, options: UpOptions): void {
  if (options.nodes !== undefined && options.nodes !== network.nodes.length) {
    throw new CliError(
      ExitCode.usage,
      `devnet "${network.name}" exists with ${network.nodes.length} nodes, not ${options.nodes}`,
      `keep it as it is, choose another --name, or delete it with devnet/reset.sh --name ${network.name}`,
    );
  }
  if (!existsSync(network.genesisFile)) {
    throw new CliError(ExitCode.config, `the genesis file ${network.genesisFile} of devnet "${network.name}" is gone`);
  }
}

/** Brings the network up, or reports the one that runs; prints the summary last. */
export async function up(options: UpOptions): Promise<void> {
  const startedAt = Date.now();
  await selectCrypto();
  const known = readNetwork(options.name);
  if (known !== undefined) checkSameNetwork(known, options);
  const running = known === undefined ? new Map<string, number>() : runningPids(known);
  const allRun = known !== undefined && running.size === known.nodes.length;
  const network =
    known === undefined ? await createNetwork(options) : running.size > 0 ? known : await movedIfTaken(known, options);

  const { genesis } = readGenesisFile(network.genesisFile);
  const accounts = fundedAccounts(genesis);
  const launched = launchNodes(network, accounts, running);
  writeNetwork(launched);
  writeAccounts(devnetFolder(options.name), accounts);
  const started = launched.nodes.flatMap((node) =>
    running.has(node.name) || node.pid === undefined ? [] : [node.pid],
  );

  const abandon = async (): Promise<void> => {
    if (!options.keep) await stopProcesses(started);
  };
  const onSignal = (): void => {
    void abandon().then(() => process.exit(ExitCode.forced));
  };
  process.once('SIGINT', onSignal);
  try {
    const ready = await waitUntilReady(launched, options.timeout * 1000);
    const seconds = (Date.now() - startedAt) / 1000;
    const state = allRun ? 'was already up' : 'is up';
    const blockTime = network.genesisFile === ownGenesis() ? 'block time ~2 s' : "the genesis file's own pace";
    for (const line of summaryLines(launched, { state, ...ready, seconds, accounts, blockTime })) printLine(line);
  } catch (cause) {
    await abandon();
    throw cause;
  } finally {
    process.off('SIGINT', onSignal);
  }
  if (!options.foreground) return;
  await followLogs(launched.nodes, { signal: untilInterrupted() });
  await stopProcesses(launched.nodes.flatMap((node) => (node.pid === undefined ? [] : [node.pid])));
  printNote(`Devnet "${launched.name}" is down; its data is kept.`);
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
