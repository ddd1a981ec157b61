import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { nodeIdOf } from '../../src/crypto/address.js';
import { parseEnode } from '../../src/types/enode.js';
import { CliError } from './lib/cli-error.js';
import { ExitCode } from './lib/exit-code.js';
import { integerIn } from './lib/option-values.js';
import { printJson, printLine } from './lib/print.js';
import type { RpcClient } from './lib/rpc-client.js';
import { clientOf, type TargetOptions, withTarget } from './lib/target.js';
import { textTable } from './lib/text-table.js';

/** The part of an `admin_peers` entry that the table shows. */
interface PeerEntry {
  readonly id: string;
  readonly name: string;
  readonly enode: string;
  readonly caps: readonly string[];
  readonly score: number;
  readonly latencyMs?: number | null;
  readonly network: {
    readonly remoteAddress: string;
    readonly inbound: boolean;
    readonly trusted: boolean;
    readonly static: boolean;
  };
}

interface BanEntry {
  readonly target: string;
  readonly reason: string;
  /** Null for a ban without end. */
  readonly untilMs: number | null;
}

interface ScoreEntry {
  readonly nodeId: string;
  readonly lastFailure?: string | null;
}

type Options = TargetOptions & { readonly json: boolean };

const HEADINGS = ['ID', 'NAME', 'ADDRESS', 'DIR', 'SCORE', 'RTT', 'KIND'];
/** How long `peers add` waits for the handshake before it says that none came. */
const ADD_TIMEOUT_MS = 10_000;
const POLL_MS = 200;

function peerRow(peer: PeerEntry): string[] {
  const kind = peer.network.trusted ? 'trusted' : peer.network.static ? 'static' : '-';
  return [
    peer.id.replace(/^0x/, '').slice(0, 12),
    peer.name.slice(0, 40),
    peer.network.remoteAddress,
    peer.network.inbound ? 'in' : 'out',
    String(Math.round(peer.score)),
    peer.latencyMs == null ? '-' : `${Math.round(peer.latencyMs)} ms`,
    kind,
  ];
}

async function listPeers(client: RpcClient, json: boolean): Promise<void> {
  const peers = (await client.call('admin_peers')) as PeerEntry[];
  if (json) printJson(peers);
  else if (peers.length === 0) printLine('No peers.');
  else printLine(textTable(HEADINGS, peers.map(peerRow)));
}

async function addPeer(client: RpcClient, record: string): Promise<void> {
  await client.call('admin_addPeer', [record]);
  const parsed = parseEnode(record);
  if (!parsed.ok) {
    printLine('Added; the node dials it now.');
    return;
  }
  const id = nodeIdOf(parsed.value.publicKey).slice(2);
  const deadline = Date.now() + ADD_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const peers = (await client.call('admin_peers')) as PeerEntry[];
    const peer = peers.find((one) => one.id === id);
    if (peer !== undefined) {
      printLine(`Connected to ${peer.name} at ${peer.network.remoteAddress}.`);
      return;
    }
    await delay(POLL_MS);
  }
  const scores = (await client.call('admin_peerScores')) as ScoreEntry[];
  const failure = scores.find((score) => score.nodeId === id)?.lastFailure;
  throw new CliError(
    ExitCode.notReady,
    `no connection within ${ADD_TIMEOUT_MS / 1000} s${failure == null ? '' : `; last failure: ${failure}`}`,
    'the node goes on trying; see its log for the reason',
  );
}

async function listBans(client: RpcClient, json: boolean): Promise<void> {
  const bans = (await client.call('admin_bannedPeers')) as BanEntry[];
  if (json) printJson(bans);
  else if (bans.length === 0) printLine('No bans.');
  else
    printLine(
      textTable(
        ['TARGET', 'UNTIL', 'REASON'],
        bans.map((ban) => [
          ban.target,
          ban.untilMs === null ? 'lifted by hand' : new Date(ban.untilMs).toISOString(),
          ban.reason,
        ]),
      ),
    );
}

/** Adds `peers` and its subcommands. */
export function addPeersCommand(program: Command): void {
  const peers = program.command('peers').description('peers of a running node');
  const sub = (usage: string, description: string): Command =>
    withTarget(peers.command(usage).description(description));

  sub('list', 'connected peers')
    .option('--json', 'as JSON', false)
    .action((options: Options) => listPeers(clientOf(options), options.json));
  sub('add <enode>', 'connect to a node and stay connected').action((record: string, options: Options) =>
    addPeer(clientOf(options), record),
  );
  sub('ban <target>', 'ban a node id, enode or ip address, and disconnect it')
    .option('--minutes <n>', 'for how long (default: until it is lifted)', integerIn(1, 10_000_000))
    .action(async (target: string, options: Options & { minutes?: number }) => {
      await clientOf(options).call(
        'admin_banPeer',
        options.minutes === undefined ? [target] : [target, options.minutes * 60],
      );
      printLine(`Banned ${target}.`);
    });
  sub('unban <target>', 'lift a ban').action(async (target: string, options: Options) => {
    await clientOf(options).call('admin_unbanPeer', [target]);
    printLine(`${target} may connect again.`);
  });
  sub('bans', 'bans in force')
    .option('--json', 'as JSON', false)
    .action((options: Options) => listBans(clientOf(options), options.json));
}
