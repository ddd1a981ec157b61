import { relative } from 'node:path';
import type { FundedAccount } from './accounts.js';
import { type DevnetNetwork, devnetFolder } from './network-file.js';

/** What the summary says beside the network itself. */
export interface SummaryFacts {
  /** `is up`, or `was already up`. */
  readonly state: string;
  readonly peers: number;
  readonly block: number;
  readonly seconds: number;
  readonly accounts: readonly FundedAccount[];
  /** What is known of it in advance, in words. */
  readonly blockTime: string;
}

const short = (hex: string): string => `${hex.slice(0, 6)}…${hex.slice(-4)}`;

/** Relative to where the user is, unless that leads out and back. */
function shortestPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere || '.';
}

function populationText(nodes: number, { peers, block }: SummaryFacts): string {
  if (nodes === 1) return `1 node, block #${block}`;
  return `${nodes} nodes, ${peers} peer${peers === 1 ? '' : 's'} each, block #${block} on all nodes`;
}

/** The lines that `devnet up` ends with: where everything is and what to do next. */
export function summaryLines(network: DevnetNetwork, facts: SummaryFacts): string[] {
  const [first, ...others] = network.nodes;
  const [funded, second] = facts.accounts;
  if (first === undefined || funded === undefined || second === undefined) return [];
  const folder = shortestPath(devnetFolder(network.name));
  const otherPorts = others.map((node) => `${node.name} :${node.rpcPort}`).join(', ');
  const miners = network.nodes.filter((node) => node.miner).length;
  const datadirs = others.length === 0 ? first.name : `${first.name}..${network.nodes.length}`;
  const named = network.name === 'default' ? '' : ` --name ${network.name}`;
  return [
    `Devnet "${network.name}" ${facts.state}: ${populationText(network.nodes.length, facts)}   (${facts.seconds.toFixed(1)} s)`,
    `  RPC        ${first.rpcUrl}${otherPorts === '' ? '' : `  (${otherPorts})`}   WS same ports`,
    `  Chain id   ${network.chainId} (0x${network.chainId.toString(16)})   currency ${network.currency}   genesis ${short(network.genesisHash)}   ${facts.blockTime} (PoW, ${miners} miner${miners === 1 ? '' : 's'})`,
    `  Metrics    http://127.0.0.1:${first.metricsPort}/metrics`,
    `  Accounts   (0) ${short(funded.address)} ${funded.balanceEther} ETH  key ${short(funded.privateKey)}   … ${facts.accounts.length - 1} more: ${folder}/accounts.json`,
    '             PUBLIC TEST KEYS: never use them on a real network',
    `  Try        cast send --rpc-url ${first.rpcUrl} --private-key ${funded.privateKey} ${second.address} --value 1ether`,
    `  Wallet     network name Grapevine devnet · RPC URL ${first.rpcUrl} · chain id ${network.chainId} · currency symbol ${network.currency}`,
    `  Files      ${folder}/{network.json,accounts.json,${datadirs}/{datadir,node.log}}`,
    `  Next       devnet/status.sh${named} · devnet/logs.sh -f${named} · devnet/down.sh${named} (keeps data) · devnet/reset.sh${named} (deletes data)`,
  ];
}
