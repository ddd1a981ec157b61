import type { Address, Hash32 } from '../../../src/base/brand.js';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { EMPTY_BLOOM, ZERO_BLOCK_NONCE, ZERO_HASH } from '../../../src/base/hex.js';
import {
  DEFAULT_TX_POOL_CONFIG,
  type HeadChange,
  type PoolHead,
  type TxPool,
  type TxPoolConfig,
} from '../../../src/txpool/pool.js';
import { createTxPool } from '../../../src/txpool/tx-pool.js';
import { type Account, EMPTY_ACCOUNT } from '../../../src/types/account.js';
import type { Block } from '../../../src/types/block.js';
import { type ChainSpec, forksUpTo } from '../../../src/types/chain-spec.js';
import type { Transaction, UnsignedTransaction } from '../../../src/types/transaction.js';

export const GWEI = 10n ** 9n;
export const ETHER = 10n ** 18n;

export const SPEC: ChainSpec = {
  chainId: 1337n,
  networkId: 1337n,
  forks: forksUpTo('london'),
  difficultyStep: undefined,
  blockReward: undefined,
};

export const address = (index: number): Address =>
  `0x${(0xacc0_0000 + index).toString(16).padStart(40, '0')}` as Address;

export interface TxFields {
  readonly from: number;
  readonly nonce: number;
  readonly to?: Address | null;
  readonly tip?: bigint;
  readonly cap?: bigint;
  readonly gas?: bigint;
  readonly value?: bigint;
  readonly type?: 0 | 1 | 2;
  readonly chainId?: bigint;
  readonly data?: Uint8Array;
  /** Length of the encoding. */
  readonly size?: number;
  readonly sender?: Address | undefined;
}

let serial = 0;

/** A transaction whose sender is known and whose signature nobody will look at. Each call gives a new hash. */
export function makeTx(fields: TxFields): Transaction {
  const { from, nonce, tip = GWEI, cap = 10n * GWEI, gas = 21_000n, value = 0n, type = 2 } = fields;
  const shared = {
    nonce: BigInt(nonce),
    gasLimit: gas,
    to: fields.to === undefined ? address(0xfff) : fields.to,
    value,
    data: fields.data ?? EMPTY_BYTES,
  };
  const chainId = fields.chainId ?? SPEC.chainId;
  const unsigned: UnsignedTransaction =
    type === 0
      ? { ...shared, type, chainId, gasPrice: cap }
      : type === 1
        ? { ...shared, type, chainId, gasPrice: cap, accessList: [] }
        : { ...shared, type, chainId, maxPriorityFeePerGas: tip, maxFeePerGas: cap, accessList: [] };
  return {
    ...unsigned,
    signature: { r: 1n, s: 1n, yParity: 0 },
    hash: `0x${(++serial).toString(16).padStart(64, '0')}` as Hash32,
    raw: new Uint8Array(fields.size ?? 110),
    sender: 'sender' in fields ? fields.sender : address(from),
  };
}

/** A state that tests change at will. Accounts have 1000 ether unless said otherwise. */
export class FakeState {
  readonly accounts = new Map<Address, Account>();

  account(of: Address): Account | undefined {
    return this.accounts.get(of) ?? { ...EMPTY_ACCOUNT, balance: 1000n * ETHER };
  }

  set(index: number, account: Partial<Account>): void {
    this.accounts.set(address(index), { ...EMPTY_ACCOUNT, balance: 1000n * ETHER, ...account });
  }
}

/** The chain went from `dropped` to `added`. */
export function change(dropped: readonly Block[], added: readonly Block[]): HeadChange {
  const included = new Set(added.flatMap((block) => block.transactions.map(({ hash }) => hash)));
  const returning = dropped.flatMap((block) => block.transactions.filter(({ hash }) => !included.has(hash)));
  return { dropped, added, isWhole: true, returning };
}

export interface Fixture {
  readonly pool: TxPool;
  readonly state: FakeState;
  head(change?: Partial<PoolHead>): PoolHead;
  /** Adds as a peer's, and gives the kind, or the refusal's code. */
  offer(tx: Transaction, local?: boolean): string;
}

export function makePool(config: Partial<TxPoolConfig> = {}): Fixture {
  const state = new FakeState();
  const head = (change: Partial<PoolHead> = {}): PoolHead => ({
    number: 1,
    baseFee: GWEI,
    gasLimit: 30_000_000n,
    state,
    ...change,
  });
  const pool = createTxPool({ ...DEFAULT_TX_POOL_CONFIG, ...config }, { spec: SPEC, head: head() });
  const offer = (tx: Transaction, local = false): string => {
    const result = pool.add(tx, { local }, 0);
    if (result.kind === 'added') return result.queued ? 'queued' : 'pending';
    return result.kind === 'known' ? 'known' : result.code;
  };
  return { pool, state, head, offer };
}

/** A block as far as a pool looks at it. */
export function makeBlock(transactions: readonly Transaction[], coinbase: Address = address(0xeee)): Block {
  return {
    hash: ZERO_HASH,
    raw: EMPTY_BYTES,
    uncles: [],
    transactions,
    header: {
      parentHash: ZERO_HASH,
      unclesHash: ZERO_HASH,
      coinbase,
      stateRoot: ZERO_HASH,
      transactionsRoot: ZERO_HASH,
      receiptsRoot: ZERO_HASH,
      logsBloom: EMPTY_BLOOM,
      difficulty: 1n,
      number: 2,
      gasLimit: 30_000_000n,
      gasUsed: 0n,
      timestamp: 1,
      extraData: EMPTY_BYTES,
      mixHash: ZERO_HASH,
      nonce: ZERO_BLOCK_NONCE,
      baseFeePerGas: GWEI,
    },
  };
}
