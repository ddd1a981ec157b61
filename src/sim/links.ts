import { hash32, mix32, seededRandom } from './seeded-random.js';

/** How long a message takes between two addresses, in ms, one way. Symmetric and constant for a pair. */
export type Latency =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number };

/** The quality of every link of a world. */
export interface LinkConfig {
  readonly latency: Latency;
  /** Share of datagrams that get lost, 0 to 1. Streams lose nothing, as TCP. */
  readonly datagramLoss: number;
}

/** The network between the nodes of a world. */
export interface Links {
  /** One-way delay between two addresses; a function of the seed and the pair. */
  delayMs(a: string, b: string): number;
  /** True if this datagram is lost; draws from the stream of the pair. */
  losesDatagram(): boolean;
  /** False while a partition keeps the two apart. */
  connected(a: string, b: string): boolean;
  /** Cuts the world into groups of addresses; an address in no group reaches everyone. */
  partition(groups: readonly (readonly string[])[]): void;
  /** Ends the partition. */
  heal(): void;
}

/** Links as `config` says, everything derived from `seed`. */
export function createLinks(config: LinkConfig, seed: string): Links {
  const salt = hash32(`${seed}/delay`);
  const hashes = new Map<string, number>(); // BOUNDED: by the addresses of the world
  const losses = seededRandom(`${seed}/losses`);
  let groupOf = new Map<string, number>();

  function hashOf(ip: string): number {
    let hash = hashes.get(ip);
    if (hash === undefined) {
      hash = hash32(ip);
      hashes.set(ip, hash);
    }
    return hash;
  }

  /** A number in [0, 1) that belongs to the pair, in whatever order: computed anew each time, since there are millions of pairs. */
  function lotOf(a: string, b: string): number {
    const [x, y] = [hashOf(a), hashOf(b)];
    return mix32(mix32(Math.min(x, y) ^ salt) ^ Math.max(x, y)) / 2 ** 32;
  }

  return {
    delayMs(a, b) {
      if (config.latency.kind === 'constant') return config.latency.ms;
      const { fromMs, toMs } = config.latency;
      return Math.round(fromMs + lotOf(a, b) * (toMs - fromMs));
    },
    losesDatagram: () => config.datagramLoss > 0 && losses.float() < config.datagramLoss,
    connected(a, b) {
      const groupA = groupOf.get(a);
      const groupB = groupOf.get(b);
      return groupA === undefined || groupB === undefined || groupA === groupB;
    },
    partition(groups) {
      groupOf = new Map(groups.flatMap((ips, index) => ips.map((ip) => [ip, index] as const)));
    },
    heal() {
      groupOf = new Map();
    },
  };
}
