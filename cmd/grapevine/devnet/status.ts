import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { printJson, printLine } from '../lib/print.js';
import { textTable } from '../lib/text-table.js';
import { requireNetwork } from './network-file.js';
import { type NodeStatus, networkStatus } from './node-status.js';

/** Blocks that a node may be behind the highest before it counts as unhealthy: gossip is never instant. */
const MAX_LAG = 2;

function problems(statuses: readonly NodeStatus[]): string[] {
  const highest = Math.max(...statuses.map((status) => status.head?.number ?? 0));
  return statuses.flatMap((status) => {
    if (status.pid === undefined) return [`${status.name} is not running`];
    if (status.head === undefined) return [`${status.name} does not answer at ${status.rpcUrl}`];
    if (status.head.number < highest - MAX_LAG)
      return [`${status.name} is ${highest - status.head.number} blocks behind`];
    if (statuses.length > 1 && status.head.peers === 0) return [`${status.name} has no peers`];
    return [];
  });
}

function row(status: NodeStatus, highest: number): string[] {
  const head = status.head;
  if (head === undefined) return [status.name, String(status.pid ?? '-'), status.pid === undefined ? 'down' : 'silent'];
  return [
    status.name,
    String(status.pid ?? '-'),
    head.syncing ? 'syncing' : 'up',
    status.rpcUrl,
    String(status.p2pPort),
    String(head.number),
    `${head.hash.slice(0, 8)}…${head.hash.slice(-4)}`,
    `${head.ageSeconds}s`,
    String(highest - head.number),
    String(head.peers),
    head.mining ? `${Math.round(head.hashrate / 1000)} kH/s` : '-',
    `${head.pending}+${head.queued}`,
  ];
}

const HEADINGS = ['NODE', 'PID', 'STATE', 'RPC', 'P2P', 'BLOCK', 'HASH', 'AGE', 'LAG', 'PEERS', 'MINER', 'POOL'];

/** Prints how each node does; ends with `notReady` if one is down, silent, alone or behind. */
export async function status(name: string, json: boolean): Promise<void> {
  const network = requireNetwork(name);
  const statuses = await networkStatus(network);
  const wrong = problems(statuses);
  if (json) {
    printJson({ name, chainId: network.chainId, healthy: wrong.length === 0, problems: wrong, nodes: statuses });
  } else {
    const highest = Math.max(...statuses.map((one) => one.head?.number ?? 0));
    printLine(
      textTable(
        HEADINGS,
        statuses.map((one) => row(one, highest)),
      ),
    );
  }
  if (wrong.length > 0) {
    throw new CliError(
      ExitCode.notReady,
      `devnet "${name}": ${wrong.join('; ')}`,
      'see devnet/logs.sh, or start it with devnet/up.sh',
    );
  }
}
