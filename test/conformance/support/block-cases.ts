import { readdirSync } from 'node:fs';
import type { Address, Hash32, Hex } from '../../../src/base/brand.js';
import { fromHex, toHex } from '../../../src/base/hex.js';
import type { RuleCode } from '../../../src/consensus/rule-error.js';
import { decodeBlock } from '../../../src/types/block.js';
import { type ChainSpec, forksUpTo } from '../../../src/types/chain-spec.js';
import type { GenesisAccount } from '../../../src/types/genesis-alloc.js';
import type { Genesis } from '../../../src/types/genesis-file.js';
import { readVector, vectorsPath } from '../../support/vector-files.js';

/** The networks of the suite. */
export const NETWORKS = [
  { network: 'london', suite: 'blocks-london' },
  { network: 'berlin', suite: 'blocks-berlin' },
] as const;

interface AccountJson {
  readonly balance: string;
  readonly nonce: string;
  readonly code: string;
  readonly storage: Readonly<Record<string, string>>;
}

/** A block that a case offers. */
export interface BlockJson {
  readonly rlp: string;
  readonly expectException?: string;
}

/** A case of the suite, as far as a test looks at it. */
export interface Case {
  readonly network: 'London' | 'Berlin';
  readonly genesisRLP: string;
  readonly genesisBlockHeader: { readonly hash: string };
  readonly pre: Readonly<Record<string, AccountJson>>;
  readonly postState: Readonly<Record<string, AccountJson>>;
  readonly blocks: readonly BlockJson[];
  readonly lastblockhash: string;
}

/**
 * The rule that a block breaks for each of upstream's reasons. Those with a `TR_` reason also have a wrong transactions
 * root, which is found first; TR_RLP_WRONGVALUE is not a block at all.
 */
export const BLOCK_REASONS: Readonly<Record<string, RuleCode>> = {
  TooManyUncles: 'uncles-too-many',
  UncleIsAncestor: 'uncle-is-ancestor',
  UncleInChain: 'uncle-already-included',
  UncleIsBrother: 'uncle-duplicate',
  UncleParentIsNotAncestor: 'uncle-parent-unknown',
  InvalidNumber: 'uncle-header',
  TR_IntrinsicGas: 'body-transactions-root',
  TR_NoFunds: 'body-transactions-root',
  TR_NoFundsX: 'body-transactions-root',
  TR_FeeCapLessThanBlocksORNoFunds: 'body-transactions-root',
  TR_NonceTooLow: 'body-transactions-root',
  TR_NonceTooHigh: 'body-transactions-root',
  TR_GasLimitReached: 'body-transactions-root',
  TR_RLP_WRONGVALUE: 'block-undecodable',
};

/** The rule that its transactions break when they are applied on their own. */
const TRANSACTION_REASONS: Readonly<Record<string, RuleCode>> = {
  TR_IntrinsicGas: 'tx-intrinsic-gas',
  TR_NoFunds: 'tx-insufficient-funds',
  TR_NoFundsX: 'tx-insufficient-funds',
  TR_FeeCapLessThanBlocksORNoFunds: 'tx-fee-cap-below-base-fee',
  TR_NonceTooLow: 'tx-nonce-too-low',
  TR_NonceTooHigh: 'tx-nonce-too-high',
  TR_GasLimitReached: 'tx-block-gas-exceeded',
};

/** Transactions that break two rules, by file: the rule that is found first here. */
const FIRST_REASONS: Readonly<Record<string, RuleCode>> = {
  HighGasPrice: 'tx-cost-overflow',
  HighGasPriceParis: 'tx-cost-overflow',
  UserTransactionGasLimitIsTooLowWhenZeroCost: 'tx-intrinsic-gas',
  'txCost-sec73': 'tx-intrinsic-gas',
};

/** The bytes that a hex text means. */
export const bytesOf = (hex: string): Uint8Array => fromHex(hex as Hex);
const integer = (text: string): bigint => (text === '0x' ? 0n : BigInt(text));
const word = (text: string): Hash32 => `0x${text.slice(2).toLowerCase().padStart(64, '0')}` as Hash32;

/** The accounts of `pre` or `postState`. */
export function allocOf(accounts: Case['pre']): Map<Address, GenesisAccount> {
  const alloc = new Map<Address, GenesisAccount>();
  for (const [address, json] of Object.entries(accounts)) {
    const slots = Object.entries(json.storage).map(([slot, value]) => [word(slot), integer(value)] as const);
    alloc.set(address.toLowerCase() as Address, {
      balance: integer(json.balance),
      nonce: integer(json.nonce),
      code: bytesOf(json.code),
      storage: new Map(slots.filter(([, value]) => value !== 0n)),
    });
  }
  return alloc;
}

/** The genesis that a case begins with. */
export function genesisOf(test: Case): Genesis {
  const { header } = decodeBlock(bytesOf(test.genesisRLP));
  const spec: ChainSpec = {
    chainId: 1n,
    networkId: 1n,
    forks: forksUpTo(test.network === 'London' ? 'london' : 'berlin'),
    difficultyStep: undefined,
    blockReward: undefined,
  };
  return { ...header, spec, alloc: allocOf(test.pre), extraData: toHex(header.extraData) };
}

/** Every case of a network; `short` is the name of its file. */
export function casesOf(network: string): { readonly name: string; readonly short: string; readonly test: Case }[] {
  const folder = `blockchain/${network}`;
  const files = readdirSync(vectorsPath(folder) ?? '', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files.flatMap((file) =>
    Object.entries(readVector<Record<string, Case>>(`${folder}/${file}`)).map(([name, test]) => ({
      name: `${file.replace('.json', '')} ${name}`,
      short: file.replace(/^.*\//, '').replace('.json', ''),
      test,
    })),
  );
}

/** The rule that the transactions of a block break on their own; undefined where the block's reason is another. */
export function transactionReason(short: string, reason: string): RuleCode | undefined {
  return reason in TRANSACTION_REASONS ? (FIRST_REASONS[short] ?? TRANSACTION_REASONS[reason]) : undefined;
}
