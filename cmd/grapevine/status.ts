import type { Command } from 'commander';
import { printJson, printLine } from './lib/print.js';
import { clientOf, type TargetOptions, withTarget } from './lib/target.js';

interface RpcBlock {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly difficulty: string;
}

interface SyncProgress {
  readonly currentBlock: string;
  readonly highestBlock: string;
}

/** Adds `status`. */
export function addStatusCommand(program: Command): void {
  withTarget(program.command('status').description('how the node does'))
    .option('--json', 'as JSON', false)
    .action(async (options: TargetOptions & { json: boolean }) => {
      const client = clientOf(options);
      const results = await client.callAll([
        ['web3_clientVersion'],
        ['eth_chainId'],
        ['eth_getBlockByNumber', 'latest', false],
        ['net_peerCount'],
        ['eth_syncing'],
        ['eth_mining'],
        ['eth_hashrate'],
        ['txpool_status'],
      ]);
      const [version, chainId, head, peers, syncing, mining, hashrate, pool] = results as [
        string,
        string,
        RpcBlock,
        string,
        false | SyncProgress,
        boolean,
        string,
        { pending: string; queued: string },
      ];
      const facts = {
        version,
        chainId: Number(chainId),
        head: {
          number: Number(head.number),
          hash: head.hash,
          ageSeconds: Math.max(0, Math.round(Date.now() / 1000 - Number(head.timestamp))),
          difficulty: Number(head.difficulty),
        },
        syncing:
          syncing === false ? false : { current: Number(syncing.currentBlock), highest: Number(syncing.highestBlock) },
        peers: Number(peers),
        mining,
        hashrate: Number(hashrate),
        pool: { pending: Number(pool.pending), queued: Number(pool.queued) },
      };
      if (options.json) {
        printJson(facts);
        return;
      }
      const state =
        syncing === false ? 'in sync' : `syncing ${Number(syncing.currentBlock)} of ${Number(syncing.highestBlock)}`;
      printLine(`${version}, chain id ${facts.chainId}`);
      printLine(`Head   #${facts.head.number} ${facts.head.hash}, ${facts.head.ageSeconds} s old, ${state}`);
      printLine(`Peers  ${facts.peers}`);
      printLine(`Pool   ${facts.pool.pending} pending, ${facts.pool.queued} queued`);
      printLine(`Miner  ${mining ? `on, ${facts.hashrate} hashes/s` : 'off'}, difficulty ${facts.head.difficulty}`);
    });
}
