import type { Block } from '../../../types/block.js';
import type { ChainReader } from '../../backend.js';
import type { ConnId } from '../../io.js';
import type { PeerTable } from '../peer.js';
import type { PeerControl } from '../peer-control.js';
import type { RequestTable } from '../requests.js';

/** What the parts of a sync work with. */
export interface SyncDeps {
  readonly chain: ChainReader;
  readonly peers: PeerControl;
  readonly requests: RequestTable;
  readonly table: PeerTable;
  /** Hands a block to the import queue in the name of the sync's master; false if it is full. */
  readonly submit: (block: Block, master: ConnId) => boolean;
}

/** Who is to answer for a sync that did not bring us further. */
export type Blame =
  | 'nobody'
  /** It left questions open or had nothing to show; it may do better later. */
  | 'slow'
  /** What it served was wrong; the fault has been reported. */
  | 'liar';

/** How a sync, or a part of it, ended. */
export type SyncEnd =
  | { readonly kind: 'done' }
  /** All that came is imported, and the target was not reached; `shown` is the work of what there is, if that is all. */
  | { readonly kind: 'partly'; readonly shown: bigint | undefined }
  /** The peer showed all that it has, and it is not more work than our chain: only this much. */
  | { readonly kind: 'lighter'; readonly totalDifficulty: bigint }
  | { readonly kind: 'failed'; readonly reason: string; readonly blame: Blame };
