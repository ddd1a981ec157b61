import type { Address } from '../base/brand.js';
import type { SwarmConfig } from '../net/swarm-api.js';
import type { TxPoolConfig } from '../txpool/pool.js';

/** How the node mines. */
export interface MinerConfig {
  readonly enabled: boolean;
  /** Who gets the rewards; mining waits until there is one. */
  readonly etherbase: Address | undefined;
  /** At most 32 bytes. */
  readonly extraData: Uint8Array;
  /** The gas limit that our blocks move towards. */
  readonly gasTarget: bigint;
  /**
   * Mining waits this long for a first peer on our chain, so that a node that joins a network does not begin with a
   * fork of its own; 0 for a node that nobody told of others.
   */
  readonly patienceMs: number;
}

/** Everything about a node that does not come from its genesis. */
export interface NodeConfig {
  readonly networkId: bigint;
  readonly swarm: SwarmConfig;
  readonly pool: TxPoolConfig;
  readonly miner: MinerConfig;
}
