import { rmSync } from 'node:fs';
import { printLine } from '../lib/print.js';
import { devnetFolder, readNetwork, requireNetwork, writeNetwork } from './network-file.js';
import { runningPid, stopProcesses } from './processes.js';

/** Stops the network's nodes and keeps their data. */
export async function down(name: string): Promise<void> {
  const network = requireNetwork(name);
  const pids = network.nodes.flatMap((node) => runningPid(node) ?? []);
  await stopProcesses(pids);
  writeNetwork({ ...network, nodes: network.nodes.map((node) => ({ ...node, pid: undefined })) });
  printLine(
    pids.length === 0
      ? `Devnet "${name}" was not running.`
      : `Devnet "${name}" is down (${pids.length} nodes stopped); its data is kept. Start it again with devnet/up.sh.`,
  );
}

/** Stops the network's nodes and deletes everything of it. */
export async function reset(name: string): Promise<void> {
  const network = readNetwork(name);
  if (network !== undefined) await stopProcesses(network.nodes.flatMap((node) => runningPid(node) ?? []));
  rmSync(devnetFolder(name), { recursive: true, force: true });
  printLine(`Devnet "${name}" is deleted.`);
  if (network !== undefined) {
    printLine(
      'Wallets remember nonces and heights: clear the account activity in each wallet before you use the next one.',
    );
  }
}
