import { toHex } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import { type GenesisState, genesisState } from '../state/genesis-state.js';
import type { BlockRecords } from '../store/records.js';
import { encodeBody } from '../types/block.js';
import { type ChainSpec, FORK_NAMES } from '../types/chain-spec.js';
import { type Genesis, genesisHeader } from '../types/genesis-file.js';
import { decodeHeader, type Header, type SealedHeader } from '../types/header.js';
import { encodeReceipts } from '../types/receipt.js';

/** A genesis block with all that is stored for it. */
export interface BuiltGenesis {
  readonly spec: ChainSpec;
  readonly sealed: SealedHeader;
  readonly state: GenesisState;
  readonly records: BlockRecords;
}

/** The block that `genesis` describes: the same hash as geth's for the same file. */
export function buildGenesis(genesis: Genesis): BuiltGenesis {
  const state = genesisState(genesis.alloc);
  const sealed = genesisHeader(genesis, state.root);
  const records: BlockRecords = {
    hash: sealed.hash,
    headerRaw: sealed.raw,
    bodyRaw: encodeBody({ transactions: [], uncles: [] }),
    receiptsRaw: encodeReceipts([]),
    totalDifficulty: sealed.header.difficulty,
  };
  return { spec: genesis.spec, sealed, state, records };
}

/** The rules of a chain as stored beside its genesis block, so that a change of the file is noticed: JSON, numbers as text. */
export function specRecord(spec: ChainSpec): Uint8Array {
  return Buffer.from(JSON.stringify(Object.fromEntries(specFields(spec))));
}

/** Where a stored genesis differs from `genesis`. */
export interface GenesisDifference {
  readonly field: string;
  readonly message: string;
}

/** The first field in which the stored genesis header and rules are not those of `genesis`; undefined if there is none. */
export function firstDifference(
  storedHeader: Uint8Array,
  storedSpec: Uint8Array,
  genesis: BuiltGenesis,
): GenesisDifference | 'unreadable' | undefined {
  try {
    const header = headerFields(decodeHeader(storedHeader).header);
    return (
      difference(header, headerFields(genesis.sealed.header)) ??
      difference(parseSpec(storedSpec), specFields(genesis.spec))
    );
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}

type Fields = readonly (readonly [name: string, value: string])[];

function difference(stored: Fields, given: Fields): GenesisDifference | undefined {
  const storedValues = new Map(stored);
  for (const [field, value] of given) {
    const found = storedValues.get(field);
    if (found !== value) {
      return { field, message: `${field} is ${found ?? 'not there'} in the database and ${value} in the genesis` };
    }
  }
  return undefined;
}

/** What a file sets comes first; the root that follows from its `alloc` comes last. */
function headerFields(header: Header): Fields {
  const { parentHash, coinbase, difficulty, number, gasLimit, gasUsed, timestamp, mixHash, nonce } = header;
  const extraData = toHex(header.extraData);
  const baseFeePerGas = header.baseFeePerGas ?? 'none';
  const plain = { timestamp, nonce, mixHash, difficulty, gasLimit, extraData, coinbase, parentHash, number, gasUsed };
  const all = { ...plain, baseFeePerGas, alloc: header.stateRoot };
  return Object.entries(all).map(([name, value]) => [name, `${value}`]);
}

/** The network id is the operator's choice and no rule. */
function specFields(spec: ChainSpec): Fields {
  return [
    ['chainId', `${spec.chainId}`],
    ...FORK_NAMES.map((name) => [`${name}Block`, `${spec.forks[name]}`] as const),
    ['difficultyStep', `${spec.difficultyStep ?? 'none'}`],
    ['blockReward', `${spec.blockReward ?? 'none'}`],
  ];
}

function parseSpec(record: Uint8Array): Fields {
  const parsed: unknown = JSON.parse(Buffer.from(record).toString());
  if (typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(parsed).map(([name, value]) => [name, `${value}`]);
}
