import type { Address, Hex } from '../../src/base/brand.js';
import { bigIntToFixedBytes } from '../../src/base/bytes.js';
import { toAddress, toBlockNonce, toHash32, ZERO_HASH } from '../../src/base/hex.js';
import type { Chain } from '../../src/chain/chain.js';
import { openChain } from '../../src/chain/open-chain.js';
import type { ProposedBlock } from '../../src/chain/proposal.js';
import { gasLimitToward } from '../../src/consensus/gas-limit.js';
import { powDigest, sealTarget } from '../../src/consensus/pow.js';
import { addressOfPrivateKey } from '../../src/crypto/address.js';
import type { KvReader } from '../../src/ports/kv.js';
import { MemoryKv } from '../../src/store/memory-kv.js';
import { type Block, type Body, makeBlock } from '../../src/types/block.js';
import { forksUpTo } from '../../src/types/chain-spec.js';
import type { Genesis } from '../../src/types/genesis-file.js';
import { type Header, type SealedHeader, sealHash, sealHeader } from '../../src/types/header.js';
import { signTransaction } from '../../src/types/sender.js';
import type { Transaction, UnsignedTransaction } from '../../src/types/transaction.js';

const ETHER = 10n ** 18n;

/** Private keys of test accounts; number `n` is n+1 in 32 bytes. */
export const KEYS: readonly Uint8Array[] = Array.from({ length: 8 }, (_, n) => bigIntToFixedBytes(BigInt(n + 1), 32));

/** The addresses of {@link KEYS}. Each has 1000 ether in {@link testGenesis}. */
export const ACCOUNTS: readonly Address[] = KEYS.map(addressOfPrivateKey);

/** The `n`th test account's address. */
export const account = (n: number): Address => ACCOUNTS[n] ?? toAddress(new Uint8Array(20));

/** An address that nobody has a key of and no genesis mentions. */
export const stranger = (n: number): Address => toAddress(bigIntToFixedBytes(2n ** 100n + BigInt(n), 20));

/** A London genesis of chain id 1337 at time 1000 with the test accounts funded. */
export function testGenesis(overrides: Partial<Genesis> = {}): Genesis {
  const funded = { balance: 1000n * ETHER, nonce: 0n, code: new Uint8Array(0), storage: new Map() };
  return {
    spec: {
      chainId: 1337n,
      networkId: 1337n,
      forks: forksUpTo('london'),
      difficultyStep: undefined,
      blockReward: undefined,
    },
    alloc: new Map(ACCOUNTS.map((address) => [address, funded])),
    coinbase: toAddress(new Uint8Array(20)),
    difficulty: 131_072n,
    extraData: '0x' as Hex,
    gasLimit: 30_000_000n,
    mixHash: ZERO_HASH,
    nonce: toBlockNonce(new Uint8Array(8)),
    timestamp: 1000,
    baseFeePerGas: 1_000_000_000n,
    ...overrides,
  };
}

/** Opens a chain that accepts any seal, unless `fakePow` is false. */
export function testChain(genesis = testGenesis(), kv: KvReader = new MemoryKv(), fakePow = true): Chain {
  const opened = openChain({ kv, genesis }, { fakePow });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** What a test says of a transaction; the rest is a transfer of 1 wei that any block takes. */
export interface TransferOptions {
  readonly from?: number;
  readonly nonce?: bigint;
  readonly to?: Address;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  readonly gasLimit?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
}

/** A signed type 2 transfer. */
export function transfer(options: TransferOptions = {}): Transaction {
  const unsigned: UnsignedTransaction = {
    type: 2,
    chainId: 1337n,
    nonce: options.nonce ?? 0n,
    maxPriorityFeePerGas: options.maxPriorityFeePerGas ?? 1_000_000_000n,
    maxFeePerGas: options.maxFeePerGas ?? 10_000_000_000n,
    gasLimit: options.gasLimit ?? 21_000n,
    to: options.to ?? stranger(0),
    value: options.value ?? 1n,
    data: options.data ?? new Uint8Array(0),
    accessList: [],
  };
  return signTransaction(unsigned, keyOf(options.from ?? 0));
}

/** The `n`th test account's key. */
export function keyOf(n: number): Uint8Array {
  const key = KEYS[n];
  if (key === undefined) throw new Error(`there is no test account ${n}`);
  return key;
}

/** What a test says of a block; the rest follows from its parent. */
export interface BlockOptions {
  /** Default: the head. */
  readonly parent?: SealedHeader | Block;
  readonly transactions?: readonly Transaction[];
  readonly uncles?: readonly SealedHeader[];
  readonly coinbase?: Address;
  /** Seconds after the parent; default 13, which keeps the difficulty where it is. */
  readonly after?: number;
  readonly extraData?: Uint8Array;
  /** Changes the finished header before it is sealed: how bad blocks are made. */
  readonly header?: Partial<Header>;
  /** Changes the finished body; the header follows only if `header` says so. */
  readonly body?: Partial<Body>;
  /** Work for a real seal (some 0.2 s at the least difficulty) instead of a fake one. */
  readonly realSeal?: boolean;
}

/** A valid block on top of a block that `chain` has; nothing is imported. */
export function buildBlock(chain: Chain, options: BlockOptions = {}): Block {
  const parent = options.parent ?? chain.head();
  const proposal = chain.propose(parent.hash, {
    coinbase: options.coinbase ?? account(7),
    timestamp: parent.header.timestamp + (options.after ?? 13),
    gasLimit: gasLimitToward(parent.header.gasLimit, parent.header, parent.header.baseFeePerGas !== undefined),
    extraData: options.extraData ?? new Uint8Array(0),
  });
  if (proposal === undefined) throw new Error('the chain does not have the parent');
  for (const tx of options.transactions ?? []) {
    const result = proposal.tryTransaction(tx);
    if (!result.ok) throw new Error(result.error.message);
  }
  const proposed = proposal.finish(options.uncles ?? []);
  return sealed({ ...proposed, header: { ...proposed.header, ...options.header } }, options);
}

function sealed({ header, body }: ProposedBlock, options: BlockOptions): Block {
  const sealedHeader = sealHeader(options.realSeal === true ? withSeal(header) : header);
  return makeBlock(sealedHeader, { ...body, ...options.body });
}

/** `header` with the first nonce that seals it. */
export function withSeal(header: Header): Header {
  const hash = sealHash(header);
  const target = sealTarget(header.difficulty);
  for (let n = 0n; ; n++) {
    const nonce = bigIntToFixedBytes(n, 8);
    const digest = powDigest(hash, nonce);
    if (BigInt(toHash32(digest)) <= target) {
      return { ...header, nonce: toBlockNonce(nonce), mixHash: toHash32(digest) };
    }
  }
}

/** Extends the head by `count` blocks and returns them; each has what `options` says of its index. */
export function extend(chain: Chain, count: number, options: (index: number) => BlockOptions = () => ({})): Block[] {
  const blocks: Block[] = [];
  for (let index = 0; index < count; index++) {
    const block = buildBlock(chain, options(index));
    const outcome = chain.importBlock(block, block.header.timestamp);
    if (outcome.kind !== 'head') throw new Error(`block ${block.header.number} came out as ${outcome.kind}`);
    blocks.push(block);
  }
  return blocks;
}

/** Hands everything that `chain` wants written to `kv`. */
export function flush(chain: Chain, kv: MemoryKv): void {
  for (let batch = chain.takeBatch(); batch !== undefined; batch = chain.takeBatch()) {
    kv.write(batch);
    chain.markWritten();
  }
}
