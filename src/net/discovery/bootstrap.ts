import { BoundedMap } from '../../base/bounded.js';
import type { PublicKey } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';
import type { Endpoint } from '../../types/endpoint.js';
import type { NodeRecord } from './discovery.js';
import type { NodeRecords } from './node-records.js';

/** Bootnodes kept; a list has a handful, and each refresh of an empty table pings them all. */
const MAX_BOOTNODES = 64;
/** Nodes from before the restart that are tried at once. */
const SEEDS_PER_ROUND = 30;
/** The same, kept in all. */
const MAX_SEEDS = 200;

/** A node to begin with. */
export interface Seed {
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint | undefined;
}

/** The nodes that an empty table starts from: bootnodes, and those known before the restart. */
export class Bootstrap {
  readonly #records: NodeRecords;
  readonly #random: Random;
  readonly #bootnodes = new BoundedMap<PublicKey, NodeRecord>(MAX_BOOTNODES);
  readonly #seeds = new BoundedMap<PublicKey, NodeRecord>(MAX_SEEDS);

  constructor(records: NodeRecords, random: Random, bootnodes: readonly Seed[], seeds: readonly Seed[]) {
    this.#records = records;
    this.#random = random;
    this.addBootnodes(bootnodes);
    for (const seed of seeds) this.#keep(this.#seeds, seed);
  }

  /** Adds bootnodes; those without a UDP endpoint can't be asked and are left out. */
  addBootnodes(nodes: readonly Seed[]): void {
    for (const node of nodes) this.#keep(this.#bootnodes, node);
  }

  /** The TCP port that we were given for a node at `ip`; undefined if the node was not given, or elsewhere. */
  tcpPortOf(publicKey: PublicKey, ip: string): number | undefined {
    for (const given of [this.#bootnodes, this.#seeds]) {
      const endpoint = given.peek(publicKey)?.endpoint;
      if (endpoint?.ip === ip) return endpoint.tcpPort;
    }
    return undefined;
  }

  /** The nodes to try now: every bootnode, and some of the others, drawn at random. */
  candidates(): NodeRecord[] {
    const seeds = [...this.#seeds.values()];
    for (let i = 0; i < Math.min(SEEDS_PER_ROUND, seeds.length); i++) {
      const j = i + this.#random.below(seeds.length - i);
      [seeds[i], seeds[j]] = [seeds[j] as NodeRecord, seeds[i] as NodeRecord];
    }
    return [...this.#bootnodes.values(), ...seeds.slice(0, SEEDS_PER_ROUND)];
  }

  #keep(into: BoundedMap<PublicKey, NodeRecord>, { publicKey, endpoint }: Seed): void {
    if (endpoint === undefined || endpoint.udpPort === 0) return;
    into.set(publicKey, this.#records.of(publicKey, endpoint));
  }
}
