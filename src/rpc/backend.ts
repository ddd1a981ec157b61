import type { Address, BlockNonce, Hash32, Hex, NodeId } from '../base/brand.js';
import type { Result } from '../base/result.js';
import type { Account } from '../types/account.js';
import type { Block } from '../types/block.js';
import type { Header, SealedHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import type { Transaction, UnsignedTransaction } from '../types/transaction.js';

/**
 * What JSON-RPC asks of the node. Every method is synchronous: reads answer from the state between two steps, writes
 * take effect before they return. Nothing here throws; a command that can fail returns why, in words for the caller.
 */
export interface RpcBackend {
  readonly chain: RpcChain;
  readonly pool: RpcPool;
  readonly net: RpcNet;
  readonly miner: RpcMiner;
  readonly node: RpcNode;
  readonly host: RpcHost;
}

/** The outcome of a command; `error` is a sentence for the caller. */
export type CommandResult = Result<undefined, string>;

/** The state after one block. */
export interface RpcState {
  /** Undefined if the state holds nothing at the address. */
  account(address: Address): Account | undefined;
  /** Empty for an account without code. */
  code(address: Address): Uint8Array;
  /** 32 zero bytes for a slot that holds nothing. */
  storage(address: Address, slot: Hash32): Hash32;
  /** EIP-1186: the trie nodes from the root to the account, or to where its absence shows. */
  accountProof(address: Address): readonly Uint8Array[];
  /** EIP-1186: the same within the account's storage trie. */
  storageProof(address: Address, slot: Hash32): readonly Uint8Array[];
  /** Every account by the keccak256 of its address, in that order, from `from` on. */
  accounts(from: Hash32): Iterable<readonly [addressHash: Hash32, account: Account]>;
}

/** Wei that a block created, beside the fees that it moved. */
export interface RpcIssuance {
  /** For its miner, with the part for naming uncles. */
  readonly blockReward: bigint;
  /** For the miners of its uncles. */
  readonly uncleReward: bigint;
}

/** Where a transaction stands in the canonical chain. */
export interface RpcTransactionLocation {
  readonly blockHash: Hash32;
  readonly number: number;
  readonly index: number;
}

/** The block that this node would mine next; its hash, nonce and mixHash mean nothing yet. */
export interface RpcPendingBlock {
  readonly block: Block;
  readonly receipts: readonly Receipt[];
  /** The state after its transactions. */
  readonly state: RpcState;
}

/** A block that was refused, and the rule that it broke. */
export interface RpcBadBlock {
  readonly block: Block;
  readonly reason: string;
}

/** Blocks, state and history. */
export interface RpcChain {
  readonly chainId: bigint;
  readonly networkId: bigint;
  readonly genesisHash: Hash32;
  head(): SealedHeader;
  /** The newest block that a reorganisation is not expected to reach (`safe`), and one still deeper (`finalized`). */
  safe(): SealedHeader;
  finalized(): SealedHeader;
  /** The candidate for the next block. The node keeps it while head and pool stand: pollers do not pay for a build each. Undefined while there is none (syncing): readers then see the head instead. */
  pending(): RpcPendingBlock | undefined;
  /** Any stored block, canonical or not. */
  headerByHash(hash: Hash32): SealedHeader | undefined;
  blockByHash(hash: Hash32): Block | undefined;
  /** The same for walks over many blocks: what they read pushes no recent block out of memory. */
  peekBlock(hash: Hash32): Block | undefined;
  /** Canonical blocks only. */
  headerByNumber(number: number): SealedHeader | undefined;
  blockByNumber(number: number): Block | undefined;
  totalDifficulty(hash: Hash32): bigint | undefined;
  receiptsOf(hash: Hash32): readonly Receipt[] | undefined;
  transactionLocation(hash: Hash32): RpcTransactionLocation | undefined;
  /** Undefined if that block's state is not kept any more. */
  stateOf(header: Header): RpcState | undefined;
  /** The oldest canonical block whose state is kept (0 on an archive node). */
  oldestState(): number;
  /** EIP-1559 base fee of a child of `parent`; undefined where London is not active. */
  nextBaseFee(parent: Header): bigint | undefined;
  /** The gas that a transaction must buy under the rules of a child of `parent`. */
  intrinsicGas(transaction: UnsignedTransaction, parent: Header): bigint;
  /** What the canonical or side block `block` paid out under its rules; nothing for the genesis block. */
  issuanceOf(block: Block): RpcIssuance;
  /** EIP-2124 fork id at the head: 4 bytes as hex. */
  forkHash(): Hex;
  /** The newest refused blocks, newest first. */
  badBlocks(): readonly RpcBadBlock[];
  /** Makes the canonical block `number` the head again. */
  setHead(number: number): CommandResult;
}

/** What the pool said to a transaction. `message` is the text that clients read. */
export type RpcAddResult =
  | { readonly kind: 'added' }
  | { readonly kind: 'known' }
  | {
      readonly kind: 'invalid' | 'refused';
      /** The rule's name. */
      readonly code: string;
      readonly message: string;
      readonly data: { readonly hint: string } & Readonly<Record<string, string>>;
    };

/** Transactions of one sender in nonce order, by sender. */
export type RpcPoolContent = ReadonlyMap<Address, readonly Transaction[]>;

/** The transactions that wait. */
export interface RpcPool {
  /**
   * Takes a transaction as a local one (never refused for its price alone while the pool has room). `done` is called
   * once, at once or when its sender is known; what was submitted first is taken first.
   */
  submit(transaction: Transaction, done: (result: RpcAddResult) => void): void;
  get(hash: Hash32): Transaction | undefined;
  bySenderAndNonce(sender: Address, nonce: bigint): Transaction | undefined;
  stats(): { readonly pending: number; readonly queued: number };
  /** `pending`: executable now; `queued`: behind a nonce gap or unaffordable yet. */
  content(): { readonly pending: RpcPoolContent; readonly queued: RpcPoolContent };
  contentFrom(sender: Address): { readonly pending: readonly Transaction[]; readonly queued: readonly Transaction[] };
  /** At most `limit` executable transactions, best first. */
  pending(limit: number): readonly Transaction[];
  /** The nonce after the sender's last executable transaction here, or the state's if it has none. */
  nextNonce(sender: Address): bigint;
  /** The least tip, in wei a gas, that the pool takes. */
  minTip(): bigint;
  setMinTip(wei: bigint): void;
  /** Forgets everything and returns how many transactions that were. */
  clear(): number;
}

/** One connected peer. */
export interface RpcPeer {
  readonly nodeId: NodeId;
  /** `enode://...`, with the remote's address. */
  readonly enode: string;
  /** `enr:...` if known. */
  readonly enr: string | undefined;
  /** What it calls itself in Hello. */
  readonly name: string;
  /** `eth/68` and so on, as it said in Hello. */
  readonly capabilities: readonly string[];
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly direction: 'in' | 'out';
  readonly trusted: boolean;
  readonly static: boolean;
  readonly score: number;
  readonly connectedAtMs: number;
  readonly latencyMs: number | undefined;
  /** Undefined until both Status messages matched. */
  readonly eth: { readonly version: number; readonly head: Hash32; readonly totalDifficulty: bigint } | undefined;
}

/** A node or address that may not connect. */
export interface RpcBan {
  /** A node id, or an address or network. */
  readonly target: string;
  readonly reason: string;
  /** Infinity: until unbanned. */
  readonly untilMs: number;
}

/** The reputation of a node that we know, connected or not. */
export interface RpcPeerScore {
  readonly nodeId: NodeId;
  readonly score: number;
  readonly connected: boolean;
  /** Why the last connection or dial ended, if it failed. */
  readonly lastFailure: string | undefined;
}

/** How others reach this node. */
export interface RpcNodeInfo {
  readonly nodeId: NodeId;
  readonly enode: string;
  readonly enr: string;
  readonly ip: string;
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly listenAddress: string;
  /** How far our clock is ahead of other nodes' (negative: behind), if by too much. */
  readonly clockAheadMs: number | undefined;
}

/** The network wing. Targets are enode URLs or ENR texts where a node must be dialled, else also bare node ids. */
export interface RpcNet {
  listening(): boolean;
  peers(): readonly RpcPeer[];
  nodeInfo(): RpcNodeInfo;
  addPeer(record: string): CommandResult;
  removePeer(record: string): CommandResult;
  addTrustedPeer(record: string): CommandResult;
  removeTrustedPeer(record: string): CommandResult;
  /** `durationMs` undefined: until unbanned. */
  ban(target: string, durationMs: number | undefined, nowMs: number): CommandResult;
  unban(target: string): CommandResult;
  bans(): readonly RpcBan[];
  scores(): readonly RpcPeerScore[];
}

/** A proof-of-work task: find `nonce` with keccak256(sealHash || nonce) <= target. */
export interface RpcWork {
  readonly sealHash: Hash32;
  /** floor((2^256 - 1) / difficulty) in 32 bytes. */
  readonly target: Hash32;
  readonly number: number;
}

/** The miner. */
export interface RpcMiner {
  mining(): boolean;
  /** Hashes a second: our own threads and what external miners reported. */
  hashrate(): bigint;
  etherbase(): Address | undefined;
  setEtherbase(address: Address): void;
  /** `threads` undefined: as configured. */
  start(threads: number | undefined): CommandResult;
  stop(): void;
  /** Hashes a second of all own threads together; undefined lifts the limit. */
  setMaxHashrate(hashes: number | undefined): void;
  /** At most 32 bytes. */
  setExtra(extra: Uint8Array): CommandResult;
  setGasTarget(gasLimit: bigint): void;
  work(): RpcWork | undefined;
  /** True if the seal was right and the block became part of the chain. */
  submitWork(sealHash: Hash32, nonce: BlockNonce, mixHash: Hash32, nowMs: number): boolean;
  submitHashrate(rate: bigint, id: Hash32, nowMs: number): void;
}

/** Progress of a sync from block to block. */
export interface RpcSyncProgress {
  readonly startingBlock: number;
  readonly currentBlock: number;
  readonly highestBlock: number;
}

/** Whether the node can serve; `reasons` says what is missing, in words. */
export interface RpcReadiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** The process around the ledger. */
export interface RpcNode {
  /** `Grapevine/v0.1.0/linux-x64/node20.20.2`. */
  readonly clientVersion: string;
  readonly datadir: string;
  /** Undefined when not syncing. */
  syncing(): RpcSyncProgress | undefined;
  readiness(nowMs: number): RpcReadiness;
  /** The largest gas limit x fee cap, in wei, that sendRawTransaction takes; 0n means no cap. A guard against typing errors. */
  readonly feeCapWei: bigint;
  /** True if transactions without EIP-155 protection are refused (the default). */
  readonly protectedOnly: boolean;
}

/** How HTTP is to be opened; what is undefined is as configured. */
export interface RpcDoor {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly corsDomains: readonly string[] | undefined;
  readonly vhosts: readonly string[] | undefined;
  readonly namespaces: readonly string[] | undefined;
}

/** The operating system's side of the process. What takes a while calls `done` exactly once, later. */
export interface RpcHost {
  /** Writes canonical blocks back to back (RLP, gzip if the name ends with `.gz`); never over an existing file. */
  exportChain(
    path: string,
    first: number | undefined,
    last: number | undefined,
    done: (result: CommandResult) => void,
  ): void;
  /** Imports a file as `exportChain` writes it; blocks that are here are passed over. */
  importChain(path: string, done: (result: CommandResult) => void): void;
  startHttp(door: RpcDoor, done: (result: CommandResult) => void): void;
  /** Calls under way are answered first. */
  stopHttp(): void;
  /** WebSockets share the port of HTTP, which has to be open. */
  startWs(door: RpcDoor, done: (result: CommandResult) => void): void;
  stopWs(): void;
  /** A record of the chain database as it is on disk. */
  databaseGet(key: Uint8Array): Uint8Array | undefined;
  /** LevelDB's own words; empty for a property that it does not have. */
  databaseProperty(name: string): string;
  compactDatabase(done: (result: CommandResult) => void): void;
  /** A filter as `--log.level` takes it; the log file keeps its own. */
  setLogLevel(filter: string): CommandResult;
  /** Bytes by what they are used for. */
  memory(): { readonly [use: string]: number };
  /** What keeps the process busy, a line each with its count. */
  activity(): string;
}

/** What the node tells subscribers and filters of. */
export type RpcEvent =
  /**
   * The canonical chain changed: the blocks that joined it in rising order, the new head last. Unless `isWhole` these
   * are only the last of them.
   */
  | { readonly kind: 'head'; readonly added: readonly Block[]; readonly isWhole: boolean }
  /** Transactions that became executable. */
  | { readonly kind: 'transactions'; readonly transactions: readonly Transaction[] }
  | { readonly kind: 'syncing'; readonly progress: RpcSyncProgress | undefined }
  | {
      readonly kind: 'peer';
      readonly change: 'add' | 'drop';
      readonly peer: RpcPeer;
      readonly error: string | undefined;
    };
