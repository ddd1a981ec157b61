import type { Address, BlockNonce, Hash32, Hex } from '../base/brand.js';
import { bigIntToFixedBytes } from '../base/bytes.js';
import { EMPTY_BLOOM, fromHex, toBlockNonce, ZERO_ADDRESS, ZERO_HASH } from '../base/hex.js';
import { err, ok, type Result } from '../base/result.js';
import { EMPTY_TRIE_ROOT, EMPTY_UNCLES_HASH } from './account.js';
import type { ChainSpec } from './chain-spec.js';
import { type GenesisAccount, readAlloc } from './genesis-alloc.js';
import { readChainSpec } from './genesis-config.js';
import { type Header, type SealedHeader, sealHeader } from './header.js';
import { FieldError, JsonFields } from './json-fields.js';
import { rulesAt } from './rules.js';

/** What a genesis file says: the chain's rules, its first state, and what its first header does not get from that state. */
export interface Genesis {
  readonly spec: ChainSpec;
  readonly alloc: ReadonlyMap<Address, GenesisAccount>;
  readonly coinbase: Address;
  readonly difficulty: bigint;
  readonly extraData: Hex;
  readonly gasLimit: bigint;
  readonly mixHash: Hash32;
  readonly nonce: BlockNonce;
  /** Seconds. */
  readonly timestamp: number;
  /** Undefined before London. */
  readonly baseFeePerGas: bigint | undefined;
}

/** Why a genesis file cannot be used; `message` names the key and what to do. */
export interface GenesisError {
  readonly code: 'genesis-invalid';
  readonly key: string;
  readonly message: string;
}

const UINT64 = 2n ** 64n - 1n;
const UINT256 = 2n ** 256n - 1n;
/** No block can have a lower gas limit (Yellow Paper, 4.3.4), so none could follow. */
const MIN_GAS_LIMIT = 5000n;
/** Of the highest gas limit that any block can have (EIP-1985). */
const MAX_GAS_LIMIT = 2n ** 63n - 1n;
/** geth's default where a London genesis names no base fee: 1 gwei (EIP-1559). */
const DEFAULT_BASE_FEE = 1_000_000_000n;
/** Longest extra data that the next blocks may have too (Yellow Paper, 4.3.4). */
const MAX_EXTRA_DATA_BYTES = 32;

/** Reads geth's `genesis.json`, parsed from JSON. The same file gives the same genesis hash as geth's. */
export function parseGenesis(json: unknown): Result<Genesis, GenesisError> {
  try {
    return ok(readGenesis(new JsonFields(json)));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return err({ code: 'genesis-invalid', key: error.path, message: error.message });
  }
}

/** The header of block 0, given the root of the state that `alloc` describes. */
export function genesisHeader(genesis: Genesis, stateRoot: Hash32): SealedHeader {
  const header: Header = {
    parentHash: ZERO_HASH,
    unclesHash: EMPTY_UNCLES_HASH,
    coinbase: genesis.coinbase,
    stateRoot,
    transactionsRoot: EMPTY_TRIE_ROOT,
    receiptsRoot: EMPTY_TRIE_ROOT,
    logsBloom: EMPTY_BLOOM,
    difficulty: genesis.difficulty,
    number: 0,
    gasLimit: genesis.gasLimit,
    gasUsed: 0n,
    timestamp: genesis.timestamp,
    extraData: fromHex(genesis.extraData),
    mixHash: genesis.mixHash,
    nonce: genesis.nonce,
    baseFeePerGas: genesis.baseFeePerGas,
  };
  return sealHeader(header);
}

function readGenesis(file: JsonFields): Genesis {
  if (!file.has('config')) throw new FieldError('config', 'is missing: it holds chainId and the fork blocks');
  const spec = readChainSpec(file.object('config'));
  for (const key of ['number', 'gasUsed']) {
    if (file.integer(key, UINT64, 0n) !== 0n) throw new FieldError(key, 'must be 0 in a genesis block');
  }
  if (file.hex('parentHash', 32, ZERO_HASH) !== ZERO_HASH) throw new FieldError('parentHash', 'must be zero');
  const gasLimit = file.integer('gasLimit', MAX_GAS_LIMIT);
  if (gasLimit < MIN_GAS_LIMIT) throw new FieldError('gasLimit', `must be at least ${MIN_GAS_LIMIT}`);
  const difficulty = file.integer('difficulty', UINT256);
  if (difficulty === 0n) throw new FieldError('difficulty', 'must be at least 1; 131072 is the least of later blocks');
  const extraData = file.hex('extraData', undefined, '0x' as Hex);
  if (extraData.length > 2 + 2 * MAX_EXTRA_DATA_BYTES) {
    throw new FieldError('extraData', `must have at most ${MAX_EXTRA_DATA_BYTES} bytes`);
  }
  return {
    spec,
    alloc: readAlloc(file),
    coinbase: file.hex('coinbase', 20, ZERO_ADDRESS) as Address,
    difficulty,
    extraData,
    gasLimit,
    mixHash: file.hex('mixHash', 32, ZERO_HASH) as Hash32,
    nonce: toBlockNonce(bigIntToFixedBytes(file.integer('nonce', UINT64, 0n), 8)),
    timestamp: Number(file.integer('timestamp', BigInt(Number.MAX_SAFE_INTEGER), 0n)),
    baseFeePerGas: rulesAt(spec, 0).baseFee ? file.integer('baseFeePerGas', UINT256, DEFAULT_BASE_FEE) : undefined,
  };
}
