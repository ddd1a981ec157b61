import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Address, Hash32, Hex } from '../../src/base/brand.js';
import { fromHex, toHash32, toHex } from '../../src/base/hex.js';
import type { Chain } from '../../src/chain/chain.js';
import { openChain } from '../../src/chain/open-chain.js';
import { DecodeError } from '../../src/codec/decode-error.js';
import type { RuleCode } from '../../src/consensus/rule-error.js';
import { keccak256Hex } from '../../src/crypto/keccak.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { genesisState } from '../../src/state/genesis-state.js';
import { WorldState } from '../../src/state/world-state.js';
import { MemoryKv } from '../../src/store/memory-kv.js';
import { type Block, decodeBlock } from '../../src/types/block.js';
import { type ChainSpec, forksUpTo } from '../../src/types/chain-spec.js';
import type { GenesisAccount } from '../../src/types/genesis-alloc.js';
import type { Genesis } from '../../src/types/genesis-file.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector, vectorsPath } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface AccountJson {
  readonly balance: string;
  readonly nonce: string;
  readonly code: string;
  readonly storage: Readonly<Record<string, string>>;
}

interface BlockJson {
  readonly rlp: string;
  readonly expectException?: string;
}

interface Case {
  readonly network: 'London' | 'Berlin';
  readonly genesisRLP: string;
  readonly genesisBlockHeader: { readonly hash: string };
  readonly pre: Readonly<Record<string, AccountJson>>;
  readonly postState: Readonly<Record<string, AccountJson>>;
  readonly blocks: readonly BlockJson[];
  readonly lastblockhash: string;
}

/**
 * The rule that each reason of the suite comes down to when a block is imported. Blocks with a `TR_` reason also have a
 * wrong transactions root, which is found first.
 */
const BLOCK_REASONS: Readonly<Record<string, RuleCode>> = {
  TooManyUncles: 'uncles-too-many',
  UncleIsAncestor: 'uncle-is-ancestor',
  UncleInChain: 'uncle-already-included',
  UncleIsBrother: 'uncle-duplicate',
  UncleParentIsNotAncestor: 'uncle-parent-unknown',
  InvalidNumber: 'uncle-header',
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

const bytesOf = (hex: string): Uint8Array => fromHex(hex as Hex);
const integer = (text: string): bigint => (text === '0x' ? 0n : BigInt(text));
const word = (text: string): Hash32 => `0x${text.slice(2).toLowerCase().padStart(64, '0')}` as Hash32;

function allocOf(accounts: Case['pre']): Map<Address, GenesisAccount> {
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

function genesisOf(test: Case): Genesis {
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

function open(test: Case): Chain {
  const opened = openChain({ kv: new MemoryKv(), genesis: genesisOf(test) }, { fakePow: true });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Why the block is refused; undefined if it is accepted. */
function offer(chain: Chain, rlp: string): string | undefined {
  let block: Block;
  try {
    block = decodeBlock(bytesOf(rlp));
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  const outcome = chain.importBlock(block, 2 ** 31);
  if (outcome.kind === 'invalid') return outcome.error.code;
  expect(outcome.kind).toBe('head');
  return undefined;
}

/** Every account by the hash of its address, with code and storage by their hashes, in order. */
function dump(chain: Chain): unknown[] {
  return [...(chain.stateAt(chain.head().header.stateRoot)?.accounts() ?? [])].map(([key, account]) => [key, account]);
}

function expectedDump(accounts: Case['postState']): unknown[] {
  const alloc = allocOf(accounts);
  const expected = [...alloc].map(([address, account]) => {
    const { root, nodes, codes } = genesisState(new Map([[address, account]]));
    const raw = new Map([...nodes, ...codes].map((node) => [toHash32(node.hash), node.raw]));
    const view = new WorldState({ node: (hash) => raw.get(hash), code: (hash) => raw.get(hash) }).view(root);
    return [keccak256Hex(fromHex(address)), view?.account(address)];
  });
  return expected.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

/** Why one of the block's transactions is refused in a block like it, by what executes blocks; undefined if none is. */
function refusalOfTransactions(chain: Chain, rlp: string): string | undefined {
  let block: Block;
  try {
    block = decodeBlock(bytesOf(rlp));
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  const { header, transactions } = block;
  const execution = chain.propose(header.parentHash, header);
  expect(execution?.baseFeePerGas).toBe(header.baseFeePerGas);
  for (const tx of transactions) {
    const result = execution?.tryTransaction(tx);
    if (result?.ok === false) return result.error.code;
  }
  return undefined;
}

function files(folder: string): string[] {
  const path = vectorsPath(folder) ?? '';
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort();
}

describe.each([
  { network: 'london', suite: 'blocks-london' },
  { network: 'berlin', suite: 'blocks-berlin' },
] as const)('blockchain tests: $network', ({ network, suite }) => {
  describeVectors(`blockchain/${network}`, () => {
    const cases = files(`blockchain/${network}`).flatMap((file) =>
      Object.entries(readVector<Record<string, Case>>(`blockchain/${network}/${file}`)).map(([name, test]) => ({
        name: `${file.replace('.json', '')} ${name}`,
        short: file.replace(/^.*\//, '').replace('.json', ''),
        test,
      })),
    );

    beforeAll(async () => {
      await selectCrypto();
    });

    it('has all its cases', () => {
      expect(cases).toHaveLength(expectedCases(`blockchain/${network}/`));
    });

    it.each(cases)('$name', ({ name, test, short }) => {
      const chain = open(test);
      expect(chain.genesisHash).toBe(test.genesisBlockHeader.hash);
      expect(chain.head().header.stateRoot).toBe(decodeBlock(bytesOf(test.genesisRLP)).header.stateRoot);
      for (const { rlp, expectException } of test.blocks) {
        const before = { head: chain.head().hash, state: dump(chain) };
        if (expectException?.startsWith('TR_')) {
          const wanted = FIRST_REASONS[short] ?? TRANSACTION_REASONS[expectException] ?? 'too-large';
          expect(refusalOfTransactions(chain, rlp)).toBe(wanted);
        }
        const refusal = offer(chain, rlp);
        if (expectException === undefined) expect(refusal).toBeUndefined();
        else {
          const undecodable = expectException === 'TR_RLP_WRONGVALUE' ? 'too-large' : 'body-transactions-root';
          expect(refusal).toBe(BLOCK_REASONS[expectException] ?? undecodable);
          expect({ head: chain.head().hash, state: dump(chain) }).toEqual(before);
        }
      }
      expect(chain.head().hash).toBe(toHash32(bytesOf(test.lastblockhash)));
      expect(dump(chain)).toEqual(expectedDump(test.postState));
      passed(suite, name);
    });
  });
});
