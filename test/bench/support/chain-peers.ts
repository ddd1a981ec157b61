import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHex } from '../../../src/base/hex.js';
import { createIdentity } from '../../../src/crypto/identity.js';
import { freePort } from './rpc.js';
import { GRAPEVINE, startGrapevine } from './server.js';
import { keyOf } from './world.js';
import type { WrongWay } from './wrong-answers.js';

/** A chain in a data directory, and what made it. */
export interface ServedChain {
  readonly datadir: string;
  readonly genesis: string;
}

/** A peer that serves a chain, as a process. */
export interface ChainPeer {
  readonly pid: number;
  readonly enode: string;
  stop(): Promise<void>;
}

const WRONG_PEER = fileURLToPath(new URL('./wrong-peer.js', import.meta.url));

/** Imports a block file into a new data directory. */
export function importedChain(folder: string, file: { readonly path: string; readonly genesis: string }): ServedChain {
  const datadir = join(folder, 'chain');
  const { genesis, path } = file;
  const args = [GRAPEVINE, 'import', path, '--datadir', datadir, '--genesis', genesis];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the import ended with ${status}: ${stderr}`);
  return { datadir, genesis };
}

interface Place {
  readonly p2pPort: number;
  readonly key: string;
  readonly datadir: string;
  readonly enode: string;
}

let made = 0;

/** A port, a key, and a copy of the chain, which only one process can have open. */
async function placeFor(folder: string, chain: ServedChain): Promise<Place> {
  const number = ++made;
  const privateKey = keyOf(1_000_000 + number);
  const datadir = join(folder, `peer-${number}`);
  cpSync(chain.datadir, datadir, { recursive: true });
  const p2pPort = await freePort();
  const enode = `enode://${createIdentity(privateKey).publicKey.slice(2)}@127.0.0.1:${p2pPort}`;
  return { p2pPort, key: toHex(privateKey), datadir, enode };
}

/** Starts a node of ours that has the chain. */
export async function startHonest(folder: string, chain: ServedChain): Promise<ChainPeer> {
  const { p2pPort, key, datadir, enode } = await placeFor(folder, chain);
  const flags = ['--nodekeyhex', key];
  const { pid, stop } = await startGrapevine({ folder, genesis: chain.genesis, datadir, p2pPort, flags });
  return { pid, enode, stop };
}

/** Starts a peer that has the chain, claims more, and serves it in a wrong way. */
export async function startWrong(folder: string, chain: ServedChain, way: WrongWay): Promise<ChainPeer> {
  const { p2pPort, key, datadir, enode } = await placeFor(folder, chain);
  const args = [WRONG_PEER, datadir, chain.genesis, `${p2pPort}`, key, way];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const isReady = await Promise.race([once(child.stdout, 'data').then(() => true), exited.then(() => false)]);
  if (!isReady) throw new Error(`the peer that is ${way} did not start`);
  return {
    pid: child.pid ?? 0,
    enode,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
