import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createIdentity } from '../../../src/crypto/identity.js';
import { loadNodeKey } from '../../../src/platform/datadir/node-key.js';
import { formatEnode } from '../../../src/types/enode.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { type DevnetNode, devnetFolder } from './network-file.js';
import type { NodePorts } from './ports.js';

/** Miners among the nodes: the first ones. Two, so that there are forks and uncles to see. */
const MINERS = 2;

/** Makes the datadirs and keys of a network's nodes (kept if they exist) and describes them. */
export function layOutNodes(name: string, plan: readonly NodePorts[]): DevnetNode[] {
  return plan.map((ports, i) => {
    const nodeName = `node${i + 1}`;
    const folder = join(devnetFolder(name), nodeName);
    const datadir = join(folder, 'datadir');
    if (!existsSync(datadir)) mkdirSync(datadir, { recursive: true, mode: 0o700 });
    const key = loadNodeKey(datadir);
    if (!key.ok) throw new CliError(ExitCode.config, key.error);
    const { publicKey } = createIdentity(key.value);
    return {
      name: nodeName,
      datadir,
      logFile: join(folder, 'node.log'),
      p2pPort: ports.p2p,
      rpcPort: ports.rpc,
      metricsPort: ports.metrics,
      miner: i < MINERS,
      enode: formatEnode({ publicKey, endpoint: { ip: '127.0.0.1', tcpPort: ports.p2p, udpPort: ports.p2p } }),
      rpcUrl: `http://127.0.0.1:${ports.rpc}`,
      wsUrl: `ws://127.0.0.1:${ports.rpc}`,
      pid: undefined,
    };
  });
}
