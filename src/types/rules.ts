import { type ChainSpec, FORK_NAMES, type ForkName } from './chain-spec.js';

/** The rules of one block, as data. */
export interface Rules {
  /** Highest transaction type allowed: 0, 1 from Berlin (EIP-2930), 2 from London (EIP-1559). */
  readonly maxTransactionType: 0 | 1 | 2;
  /** Signatures may name a chain id (EIP-155). */
  readonly replayProtection: boolean;
  /** Gas of a data byte that is not zero: 68, 16 from Istanbul (EIP-2028). */
  readonly dataByteGas: bigint;
  /** Touched accounts without nonce, balance and code are deleted (EIP-161, with EIP-158's fork). */
  readonly clearEmptyAccounts: boolean;
  /** Receipts hold a status, not a state root (EIP-658). */
  readonly receiptStatus: boolean;
  /** Headers hold a base fee, which is burnt (EIP-1559). */
  readonly baseFee: boolean;
  /** Wei to the miner of a block, before uncles: 5 ether, 3 from Byzantium (EIP-649), 2 from Constantinople (EIP-1234). */
  readonly blockReward: bigint;
  /** Seconds by which one difficulty step falls: 10 (EIP-2), 9 from Byzantium (EIP-100). */
  readonly difficultyStep: bigint;
  /** A parent with uncles raises the difficulty by one more step (EIP-100). */
  readonly unclesRaiseDifficulty: boolean;
  /** Blocks by which the difficulty bomb lags; undefined for a chain that left Ethereum's difficulty rule, and the bomb with it. */
  readonly bombDelay: number | undefined;
}

const ETHER = 10n ** 18n;

const HOMESTEAD_RULES: Rules = {
  maxTransactionType: 0,
  replayProtection: false,
  dataByteGas: 68n,
  clearEmptyAccounts: false,
  receiptStatus: false,
  baseFee: false,
  blockReward: 5n * ETHER,
  difficultyStep: 10n,
  unclesRaiseDifficulty: false,
  bombDelay: 0,
};

/** What each fork changes. EIP-150 and Petersburg change contract execution alone, which no chain of ours has. */
const CHANGES: Readonly<Record<ForkName, Partial<Rules>>> = {
  homestead: {},
  eip150: {},
  eip155: { replayProtection: true },
  eip158: { clearEmptyAccounts: true },
  byzantium: {
    receiptStatus: true,
    blockReward: 3n * ETHER,
    difficultyStep: 9n,
    unclesRaiseDifficulty: true,
    bombDelay: 3_000_000,
  },
  constantinople: { blockReward: 2n * ETHER, bombDelay: 5_000_000 },
  petersburg: {},
  istanbul: { dataByteGas: 16n },
  muirGlacier: { bombDelay: 9_000_000 },
  berlin: { maxTransactionType: 1 },
  london: { maxTransactionType: 2, baseFee: true, bombDelay: 9_700_000 },
};

/** The rules of block `number` on the chain of `spec`. */
export function rulesAt(spec: ChainSpec, number: number): Rules {
  const rules: { -readonly [K in keyof Rules]: Rules[K] } = { ...HOMESTEAD_RULES };
  for (const fork of FORK_NAMES) if (number >= spec.forks[fork]) Object.assign(rules, CHANGES[fork]);
  if (spec.blockReward !== undefined) rules.blockReward = spec.blockReward;
  if (spec.difficultyStep !== undefined) {
    rules.difficultyStep = BigInt(spec.difficultyStep);
    rules.bombDelay = undefined;
  }
  return rules;
}
