import { BoundedSet } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import type { BlockAnnouncement } from '../../wire/eth/new-block-hashes.js';
import type { Status } from '../../wire/eth/status.js';
import type { ChainReader } from '../backend.js';
import type { ConnId } from '../io.js';
import type { ActivePeer } from './service.js';

/** Blocks come one in some seconds: hours of them. */
const KNOWN_BLOCKS = 1024;
/** As much as other clients remember; forgetting one costs a needless announcement. */
const KNOWN_TRANSACTIONS = 32_768;

/** A block that a peer has, or is about to have: blocks are passed on before they are executed. */
export interface Hint extends BlockAnnouncement {
  /** True once a sync towards it came to nothing. */
  readonly wasFollowed?: boolean;
}

/** A peer whose Status was right, and what we remember of it while it is connected. */
export interface EthPeer extends ActivePeer {
  /** The heaviest chain that it claims: from its Status, then from the blocks that it sends. */
  claim: { readonly hash: Hash32; readonly totalDifficulty: bigint };
  /** A block of its that we could not connect: a reason to sync from it, whatever its claim. */
  hint: Hint | undefined;
  /** Blocks that it has: sent or announced by it, or sent or announced to it. */
  readonly knownBlocks: BoundedSet<Hash32>;
  /** Transactions that it has, likewise. */
  readonly knownTransactions: BoundedSet<Hash32>;
  /** 32 random bits: with the sender's address they decide which transactions this peer is sent whole. */
  readonly lot: number;
}

/** A peer as its Status leaves it. */
export function ethPeer(peer: ActivePeer, status: Status, lot: number): EthPeer {
  return {
    conn: peer.conn,
    nodeId: peer.nodeId,
    direction: peer.direction,
    version: peer.version,
    trusted: peer.trusted,
    blocksOnly: peer.blocksOnly === true,
    claim: { hash: status.headHash, totalDifficulty: status.totalDifficulty },
    hint: undefined,
    knownBlocks: new BoundedSet(KNOWN_BLOCKS),
    knownTransactions: new BoundedSet(KNOWN_TRANSACTIONS),
    lot,
  };
}

/** Remembers the highest block of a peer's that does not connect: the way to it leads over the others. */
export function noteHint(chain: ChainReader, peer: EthPeer, block: BlockAnnouncement): void {
  if (chain.hasBlock(block.hash)) return;
  if (peer.hint === undefined || peer.hint.number < block.number || chain.hasBlock(peer.hint.hash)) peer.hint = block;
}

/** All peers with a right Status, oldest first. BOUNDED: by the connection slots. */
export type PeerTable = ReadonlyMap<ConnId, EthPeer>;
