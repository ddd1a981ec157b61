import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Address } from '../../../src/base/brand.js';
import { bigIntToFixedBytes } from '../../../src/base/bytes.js';
import { toHash32 } from '../../../src/base/hex.js';
import type { Chain } from '../../../src/chain/chain.js';
import type { Random } from '../../../src/ports/random.js';
import { type Block, sealedHeaderOf } from '../../../src/types/block.js';
import { parseGenesis } from '../../../src/types/genesis-file.js';
import type { SealedHeader } from '../../../src/types/header.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { AccessListEntry, Transaction, UnsignedTransaction } from '../../../src/types/transaction.js';
import {
  ACCOUNTS,
  account,
  type BlockOptions,
  buildBlock,
  keyOf,
  stranger,
  testChain,
} from '../../support/chain-builder.js';
import { tempFolder } from '../../support/processes.js';
import { seededRandom } from '../../support/seeded-random.js';

const GWEI = 10n ** 9n;
/** A chain of its own: no other network has this id. */
const CHAIN_ID = 8_300_117n;
/**
 * This far from the end there are blocks filled to the gas limit with plain transfers. Executing one keeps the foreign
 * client from its sockets for seconds, and a reply that it has not read in 8 s costs the peer a minute: so they come
 * late, when most of the chain is fetched.
 */
const FULL_FROM_END: ReadonlySet<number> = new Set([8, 10]);
/** Filled beyond the gas target with few transactions of 100,000 bytes: the base fee rises where it is still high. */
const HEAVY: ReadonlySet<number> = new Set([30, 31, 33]);
const HEAVY_TRANSACTIONS = 15;
/** Blocks before the end from which on they come so slowly that the difficulty falls to its least. */
const SLOW_FROM_END = 100;
/** The last blocks of all come at an ordinary pace again. */
const ORDINARY_AT_END = 10;
/** More than 99 * 9 seconds: the difficulty falls as fast as it can. */
const SLOWEST = 900;
/** Seconds between blocks otherwise: both sides of every step of 9 seconds that matters, some 14 on average. */
const PACES = [1, 4, 8, 9, 10, 13, 17, 18, 26, 27, 31, 5, 3, 40, 7, 2];
/** How deep below the block the uncles' parents are, in turn; up to the 7th ancestor. */
const DEPTHS = [2, 3, 4, 5, 6, 7];
const MEMO = new TextEncoder().encode('grapevine: a memo \0\0 with zero bytes, and ümlauts.');

/** What a chain holds, for the report. */
export interface Census {
  blocks: number;
  empty: number;
  full: number;
  /** Above the gas target, the full ones included. */
  overTarget: number;
  uncles: number;
  legacyUnprotected: number;
  withMemo: number;
  withAccessList: number;
  readonly byType: [number, number, number];
}

/** A chain with something of everything that our rules allow. */
export interface VariedChain {
  readonly chain: Chain;
  readonly genesisFile: string;
  readonly blocks: readonly Block[];
  readonly census: Census;
  /** Signs the next transaction of account `from`. */
  sign(from: number, fields: TxFields): Transaction;
}

/** What is chosen of a transaction; nonce and chain id follow. */
export interface TxFields {
  readonly type: 0 | 1 | 2;
  readonly to: Address;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly data?: Uint8Array;
  readonly accessList?: readonly AccessListEntry[];
  readonly tip?: bigint;
  readonly feeCap?: bigint;
  /** Type 0 without a chain id. */
  readonly unprotected?: boolean;
}

/** `genesis/testnet.json` with another chain id, the test accounts funded, and time to make `seconds` of blocks until now. */
function writeGenesis(seconds: number): string {
  const source = fileURLToPath(new URL('../../../genesis/testnet.json', import.meta.url));
  const testnet = JSON.parse(readFileSync(source, 'utf8'));
  const path = join(tempFolder(), 'varied.json');
  const content = {
    ...testnet,
    config: { ...testnet.config, chainId: Number(CHAIN_ID) },
    timestamp: `0x${(Math.floor(Date.now() / 1000) - seconds).toString(16)}`,
    alloc: {
      ...testnet.alloc,
      ...Object.fromEntries(ACCOUNTS.map((address) => [address, { balance: '1000000000000000000000' }])),
    },
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function createSigner(): VariedChain['sign'] {
  const nonces = new Map<number, bigint>();
  return (from, fields) => {
    const nonce = nonces.get(from) ?? 0n;
    nonces.set(from, nonce + 1n);
    const { to, value, gasLimit, data = new Uint8Array(0), accessList = [], feeCap = 20n * GWEI } = fields;
    const common = { chainId: CHAIN_ID, nonce, to, value, gasLimit, data };
    return signTransaction(pricedTransaction(fields, common, accessList, feeCap), keyOf(from));
  };
}

function pricedTransaction(
  { type, tip = GWEI, unprotected = false }: TxFields,
  common: { chainId: bigint; nonce: bigint; to: Address; value: bigint; gasLimit: bigint; data: Uint8Array },
  accessList: readonly AccessListEntry[],
  feeCap: bigint,
): UnsignedTransaction {
  if (type === 0) return { ...common, type, chainId: unprotected ? undefined : CHAIN_ID, gasPrice: feeCap };
  if (type === 1) return { ...common, type, gasPrice: feeCap, accessList };
  return { ...common, type, maxFeePerGas: feeCap, maxPriorityFeePerGas: tip, accessList };
}

function pace(index: number, length: number): number {
  const left = length - index;
  if (left <= SLOW_FROM_END && left > ORDINARY_AT_END) return SLOWEST;
  return PACES[index % PACES.length] ?? 13;
}

function memoOf(random: Random): Uint8Array {
  return random.below(3) === 0 ? new Uint8Array(random.below(200)) : MEMO.slice(0, random.below(MEMO.length + 1));
}

/** Entries of up to three keys, some twice: doubles are paid for twice and change nothing (EIP-2930). */
function accessListOf(random: Random): AccessListEntry[] {
  return Array.from({ length: 1 + random.below(3) }, (_, n) => ({
    address: random.below(2) === 0 ? stranger(n) : account(random.below(8)),
    storageKeys: Array.from({ length: random.below(4) }, () =>
      toHash32(bigIntToFixedBytes(BigInt(random.below(2)), 32)),
    ),
  }));
}

function gasOf(data: Uint8Array, accessList: readonly AccessListEntry[]): bigint {
  const bytes = data.reduce((gas, byte) => gas + (byte === 0 ? 4 : 16), 0);
  const keys = accessList.reduce((count, entry) => count + entry.storageKeys.length, 0);
  return BigInt(21_000 + bytes + 2400 * accessList.length + 1900 * keys);
}

/** One of: another account, oneself, a newcomer, the miner; often of no value, which must not create an account. */
function recipientOf(random: Random, from: number, index: number): Address {
  const kinds = [
    account((from + 1) % 8),
    account(from),
    stranger(1000 + index),
    account(7),
    stranger(random.below(50)),
  ];
  return kinds[random.below(kinds.length)] ?? account(0);
}

/** Makes `length` blocks on a genesis of its own and has a chain of ours, which accepts any seal, import each. */
export function buildVariedChain(length: number, seed: string): VariedChain {
  const random = seededRandom(seed);
  const seconds = Array.from({ length }, (_, index) => pace(index, length)).reduce((sum, after) => sum + after, 0);
  const genesisFile = writeGenesis(seconds + 60);
  const genesis = parseGenesis(JSON.parse(readFileSync(genesisFile, 'utf8')));
  if (!genesis.ok) throw new Error(genesis.error.message);
  const chain = testChain(genesis.value);
  const sign = createSigner();
  const census: Census = {
    ...{ blocks: 0, empty: 0, full: 0, overTarget: 0, uncles: 0, legacyUnprotected: 0, withMemo: 0, withAccessList: 0 },
    byType: [0, 0, 0],
  };
  const blocks: Block[] = [];

  function randomTransaction(index: number): Transaction {
    const from = random.below(7);
    const type = ([0, 1, 2] as const)[random.below(3)] ?? 2;
    const data = random.below(2) === 0 ? memoOf(random) : new Uint8Array(0);
    const accessList = type !== 0 && random.below(3) > 0 ? accessListOf(random) : [];
    return sign(from, {
      ...{ type, data, accessList, unprotected: random.below(4) === 0 },
      to: recipientOf(random, from, index),
      value: random.below(4) === 0 ? 0n : BigInt(random.below(1_000_000_000)),
      gasLimit: gasOf(data, accessList) + BigInt(random.below(3) * 10_000),
      tip: BigInt(random.below(3)) * GWEI,
    });
  }

  function transactionsOf(index: number): Transaction[] {
    if (HEAVY.has(index)) {
      const data = new Uint8Array(100_000).map((_, n) => (n % 3 === 0 ? 0 : n));
      const fields = { to: stranger(1), value: 1n, gasLimit: gasOf(data, []), data } as const;
      return Array.from({ length: HEAVY_TRANSACTIONS }, (_, n) =>
        sign(n % 7, { type: n % 2 === 0 ? 2 : 0, ...fields }),
      );
    }
    if (length > SLOW_FROM_END && FULL_FROM_END.has(length - index)) {
      const room = Number(chain.head().header.gasLimit / 21_000n) - 40;
      return Array.from({ length: room }, (_, n) =>
        sign(n % 7, { type: 2, to: stranger(n % 300), value: 1n, gasLimit: 21_000n }),
      );
    }
    return Array.from({ length: index % 3 === 0 ? 0 : 1 + random.below(3) }, () => randomTransaction(index));
  }

  function unclesOf(index: number): SealedHeader[] {
    if (index < 20 || index % 10 !== 5) return [];
    const depth = DEPTHS[Math.floor(index / 10) % DEPTHS.length] ?? 2;
    const parent = blocks[index - depth];
    if (parent === undefined) return [];
    return Array.from({ length: 1 + (Math.floor(index / 10) % 2) }, (_, n) =>
      sealedHeaderOf(
        buildBlock(chain, { parent, coinbase: stranger(500 + (index % 7) + n), after: 1 + random.below(60) }),
      ),
    );
  }

  function optionsOf(index: number): BlockOptions {
    const { gasLimit } = chain.head().header;
    const drift = (gasLimit / 1024n - 1n) * BigInt((Math.floor(index / 25) % 3) - 1);
    return {
      transactions: transactionsOf(index),
      uncles: unclesOf(index),
      coinbase: index % 3 === 0 ? stranger(400 + (index % 20)) : account(7),
      after: pace(index, length),
      extraData: MEMO.slice(0, index % 33),
      header: index % 5 === 0 ? { gasLimit: gasLimit + drift } : {},
    };
  }

  function count(block: Block): void {
    const { transactions, uncles } = block;
    census.blocks++;
    census.uncles += uncles.length;
    if (transactions.length === 0) census.empty++;
    if (block.header.gasUsed * 100n > block.header.gasLimit * 95n) census.full++;
    if (block.header.gasUsed * 2n > block.header.gasLimit) census.overTarget++;
    for (const tx of transactions) {
      census.byType[tx.type]++;
      if (tx.data.length > 0) census.withMemo++;
      if (tx.type === 0 && tx.chainId === undefined) census.legacyUnprotected++;
      if (tx.type !== 0 && tx.accessList.length > 0) census.withAccessList++;
    }
  }

  for (let index = 0; index < length; index++) {
    const block = buildBlock(chain, optionsOf(index));
    const outcome = chain.importBlock(block, block.header.timestamp);
    if (outcome.kind !== 'head') throw new Error(`block ${block.header.number} came out as ${outcome.kind}`);
    blocks.push(block);
    count(block);
  }
  return { chain, genesisFile, blocks, census, sign };
}
