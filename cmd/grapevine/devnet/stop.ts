import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockOwner } from '../../../src/platform/datadir/lock.js';
import { printLine } from '../lib/print.js';
import { devnetFolder, requireNetwork, writeNetwork } from './network-file.js';
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

/** Stops the network's nodes and deletes everything of it, also where `network.json` can't be read. */
export async function reset(name: string): Promise<void> {
  const folder = devnetFolder(name);
  const parts = existsSync(folder) ? readdirSync(folder) : [];
  await stopProcesses(parts.flatMap((part) => lockOwner(join(folder, part, 'datadir')) ?? []));
  rmSync(folder, { recursive: true, force: true });
  printLine(`Devnet "${name}" is deleted.`);
  if (parts.length > 0) {
    printLine(
      'Wallets remember nonces and heights: clear the account activity in each wallet before you use the next one.',
    );
  }
}
