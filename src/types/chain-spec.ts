/**
 * The forks that change a rule here, oldest first, named as the keys of geth's genesis files without their `Block`.
 * What lies before Homestead is not implemented: Homestead's rules are the floor.
 */
export const FORK_NAMES = [
  'homestead',
  'eip150',
  'eip155',
  'eip158',
  'byzantium',
  'constantinople',
  'petersburg',
  'istanbul',
  'muirGlacier',
  'berlin',
  'london',
] as const;

/** One of {@link FORK_NAMES}. */
export type ForkName = (typeof FORK_NAMES)[number];

/** The block from which each fork is active; Infinity for never. */
export type ForkBlocks = Readonly<Record<ForkName, number>>;

/** What makes a chain this chain and no other, apart from its genesis block. */
export interface ChainSpec {
  readonly chainId: bigint;
  /** What Status messages carry; the chain id unless an operator chose another. */
  readonly networkId: bigint;
  readonly forks: ForkBlocks;
  /** Replaces Ethereum's seconds per difficulty step (9 from Byzantium on), and with it the difficulty bomb. */
  readonly difficultyStep: number | undefined;
  /** Replaces Ethereum's block reward, in wei. */
  readonly blockReward: bigint | undefined;
}

/** Every fork up to `last` active from block 0, the later ones never. */
export function forksUpTo(last: ForkName): ForkBlocks {
  const active = FORK_NAMES.indexOf(last);
  const blocks = FORK_NAMES.map((name, index) => [name, index <= active ? 0 : Number.POSITIVE_INFINITY] as const);
  return Object.fromEntries(blocks) as Record<ForkName, number>;
}

/** The blocks at which a fork becomes active, ascending, for EIP-2124; forks of block 0 and those that never come are left out. */
export function forkBlocksOf(spec: ChainSpec): number[] {
  const blocks = FORK_NAMES.map((name) => spec.forks[name]).filter((block) => block > 0 && Number.isFinite(block));
  return [...new Set(blocks)].sort((a, b) => a - b);
}
