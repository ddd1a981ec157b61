import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../../src/platform/process-alive.js';
import { CliError } from '../lib/cli-error.js';
import { packageRoot } from '../lib/datadir.js';
import { ExitCode } from '../lib/exit-code.js';
import type { DevAccount } from './accounts.js';
import type { DevnetNetwork, DevnetNode } from './network-file.js';
import { agreedBlock, networkStatus } from './node-status.js';
import { lastLines, startDetached } from './processes.js';

/** Hashes a second that each of the devnet's miners may try; `genesis/format.md` derives the figure. */
export const DEVNET_MAX_HASHRATE = 65_536;
/** Often enough to waste little time, seldom enough not to slow down the nodes that it waits for. */
const POLL_MS = 100;

/** The file that runs the program. */
export const mainFile = (): string => join(packageRoot(), 'dist', 'cmd', 'grapevine', 'main.js');

function nodeArguments(network: DevnetNetwork, node: DevnetNode, index: number, etherbase: string): string[] {
  const bootnode = network.nodes[0];
  const args = [
    'node',
    ...['--datadir', node.datadir],
    ...['--genesis', network.genesisFile],
    ...['--identity', node.name],
    ...['--addr', '127.0.0.1', '--nat', 'extip:127.0.0.1', '--port', String(node.p2pPort)],
    ...['--bootnodes', bootnode === undefined || index === 0 ? '' : bootnode.enode],
    ...['--http', '--http.addr', '127.0.0.1', '--http.port', String(node.rpcPort)],
    ...['--http.api', 'all', '--http.corsdomain', '*', '--http.vhosts', '*', '--ws'],
    ...['--metrics', '--metrics.port', String(node.metricsPort)],
    ...['--miner.etherbase', etherbase],
  ];
  if (node.miner) args.push('--mine', '--miner.threads', '1', '--miner.maxhashrate', String(DEVNET_MAX_HASHRATE));
  return args;
}

/** Starts every node that `running` does not name; returns the network with all pids. */
export function launchNodes(
  network: DevnetNetwork,
  accounts: readonly DevAccount[],
  running: ReadonlyMap<string, number>,
): DevnetNetwork {
  const nodes = network.nodes.map((node, index) => {
    // Each node's rewards go to an account of its own, from the end of the list, so that rewards can be told apart.
    const etherbase = accounts[accounts.length - 1 - (index % accounts.length)]?.address ?? '';
    const pid =
      running.get(node.name) ?? startDetached(mainFile(), nodeArguments(network, node, index, etherbase), node.logFile);
    return { ...node, pid };
  });
  return { ...network, nodes };
}

/** A network of which every node has its peers and all hold the same head. */
export interface ReadyNetwork {
  readonly peers: number;
  readonly block: number;
}

/** The exit code that a dead node's log betrays: nodes name port and lock conflicts in words that we wrote ourselves. */
function exitCodeOf(lines: readonly string[]): ExitCode {
  const text = lines.join('\n');
  if (/port \d+ .*(in use|taken|used)/i.test(text)) return ExitCode.portInUse;
  if (/is locked|used by process/i.test(text)) return ExitCode.datadirLocked;
  if (/genesis/i.test(text) && /differ/i.test(text)) return ExitCode.config;
  return ExitCode.notReady;
}

function failure(node: DevnetNode, what: string): CliError {
  const lines = lastLines(node.logFile, 20);
  const log =
    lines.length === 0 ? '' : ` Last log lines of ${node.logFile}:\n${lines.map((line) => `    ${line}`).join('\n')}`;
  return new CliError(
    exitCodeOf(lines),
    `${node.name} ${what}.${log}`,
    'mend the cause and run devnet/up.sh again; --keep leaves the nodes running to look at',
  );
}

/** Waits until the network is ready; throws naming the node that is not, and why. */
export async function waitUntilReady(network: DevnetNetwork, timeoutMs: number): Promise<ReadyNetwork> {
  const peers = network.nodes.length - 1;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const statuses = await networkStatus(network);
    const block = agreedBlock(statuses, peers, 1);
    if (block !== undefined) return { peers, block };
    for (const node of network.nodes) {
      if (node.pid !== undefined && !isAlive(node.pid)) throw failure(node, 'stopped while starting');
    }
    if (Date.now() > deadline) {
      const silent = statuses.findIndex((status) => status.head === undefined);
      const lonely = statuses.findIndex((status) => (status.head?.peers ?? 0) < peers);
      const index = silent >= 0 ? silent : Math.max(0, lonely);
      const node = network.nodes[index];
      const head = statuses[index]?.head;
      const state =
        head === undefined ? 'it does not answer' : `it has ${head.peers} of ${peers} peers and block #${head.number}`;
      if (node !== undefined) throw failure(node, `did not become ready in ${timeoutMs / 1000} s: ${state}`);
    }
    await delay(POLL_MS);
  }
}
