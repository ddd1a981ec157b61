/** One node of the world, as reports name it. */
export interface ObservedNode {
  readonly name: string;
  readonly role: string;
}

/** A named moment of the plot. */
export interface Moment {
  readonly name: string;
  readonly atMs: number;
}

/** One tracked node at one time. All zero while it does not run. */
export interface NodeSample {
  readonly running: boolean;
  readonly inbound: number;
  readonly outbound: number;
  readonly headNumber: number;
  readonly headHash: string;
  /** Bans in force that it imposed. */
  readonly bans: number;
  /** Transactions in its pool. */
  readonly pooled: number;
  /** Since it started: over streams and by datagrams. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The world at one time. */
export interface Sample {
  readonly atMs: number;
  /** In the order of {@link Observation.tracked}. */
  readonly nodes: readonly NodeSample[];
  /** Connections among {@link Observation.pictured}, by place in that list, the smaller first. */
  readonly edges: readonly (readonly [number, number])[];
  /** Mean number of nodes in each bucket of the discovery table, the closest first. */
  readonly tableFill: readonly number[];
}

/** A block, and when it came onto the chain of whom. */
export interface ObservedBlock {
  readonly hash: string;
  readonly parent: string;
  readonly number: number;
  readonly transactions: number;
  /** Place in {@link Observation.nodes}; -1 for nobody's. */
  readonly miner: number;
  readonly firstMs: number;
  /** When each tracked node first had it on its chain, with the node's place in {@link Observation.tracked}. */
  readonly seen: readonly (readonly [node: number, atMs: number])[];
}

/** What a run looked like: plain data, all times virtual and in ms since the world began. */
export interface Observation {
  readonly nodes: readonly ObservedNode[];
  /** The nodes that were looked at, by place in {@link nodes}: all, or an even choice of many. */
  readonly tracked: readonly number[];
  /** The few among the tracked whose connections are drawn, by place in {@link nodes}. */
  readonly pictured: readonly number[];
  readonly moments: readonly Moment[];
  readonly samples: readonly Sample[];
  readonly blocks: readonly ObservedBlock[];
  /** The heaviest head at the end; empty before the first block. */
  readonly finalHead: string;
  /** Connections between groups of nodes, as a share of all there could be, mean over time. Nodes are grouped in order of start. */
  readonly matrix: readonly (readonly number[])[];
}
