import type { Address, Hash32 } from '../../src/base/brand.js';
import { EMPTY_BYTES } from '../../src/base/bytes.js';
import { EMPTY_BLOOM, fromHex, toAddress, toHash32, toHex, ZERO_BLOCK_NONCE, ZERO_HASH } from '../../src/base/hex.js';
import { err, ok } from '../../src/base/result.js';
import { nextBaseFee } from '../../src/consensus/base-fee.js';
import { intrinsicGas } from '../../src/consensus/intrinsic-gas.js';
import { keccak256, keccak256Hex } from '../../src/crypto/keccak.js';
import type { RpcChain, RpcPendingBlock, RpcState } from '../../src/rpc/backend.js';
import { deriveRoot } from '../../src/trie/derive-root.js';
import { emptyTrie } from '../../src/trie/trie.js';
import { type Account, decodeAccount, EMPTY_ACCOUNT, encodeAccount } from '../../src/types/account.js';
import { type Block, encodeUncles, makeBlock, sealedHeaderOf } from '../../src/types/block.js';
import { forksUpTo } from '../../src/types/chain-spec.js';
import { type Header, type SealedHeader, sealHeader } from '../../src/types/header.js';
import { encodeReceipt, type Receipt } from '../../src/types/receipt.js';
import { rulesAt } from '../../src/types/rules.js';
import { senderOf } from '../../src/types/sender.js';
import { effectiveGasPrice, effectiveTip, type Transaction } from '../../src/types/transaction.js';

/** The chain id of the fake chain. */
export const CHAIN_ID = 271828n;
/** Who mines the fake blocks. */
export const COINBASE = toAddress(new Uint8Array(20).fill(0xc0));
/** An account with code and storage, as a foreign genesis may have them. */
export const CONTRACT = toAddress(new Uint8Array(20).fill(0xcc));

const CODE = Uint8Array.of(0x60, 0x00);
const SPEC = {
  chainId: CHAIN_ID,
  networkId: CHAIN_ID,
  forks: forksUpTo('london'),
  difficultyStep: undefined,
  blockReward: undefined,
};

type Accounts = ReadonlyMap<Address, Account>;

/** A state over a plain map, with real proofs. */
export function stateOf(accounts: Accounts): RpcState & { readonly root: Hash32 } {
  let trie = emptyTrie();
  for (const [address, account] of accounts)
    trie = trie.put(toHex(keccak256(fromHex(address))), encodeAccount(account));
  const { root } = trie.commit();
  return {
    root,
    account: (address) => accounts.get(address),
    code: (address) => (address === CONTRACT ? CODE : EMPTY_BYTES),
    storage: () => ZERO_HASH,
    accountProof: (address) => trie.proof(toHex(keccak256(fromHex(address)))),
    storageProof: () => [],
    *accounts(from) {
      for (const [key, value] of trie.entries(from)) yield [key as Hash32, decodeAccount(value)] as const;
    },
  };
}

/** A chain in memory that takes any transactions: rules are not its subject, shapes and sums are. */
export interface FakeChain extends RpcChain {
  /** Appends a block with `transactions` and returns it. */
  mine(transactions: readonly Transaction[], uncles?: readonly SealedHeader[]): Block;
  /** What {@link RpcChain.pending} answers from now on. */
  setPending(transactions: readonly Transaction[] | undefined): void;
  setOldestState(number: number): void;
  setBadBlocks(blocks: readonly Block[]): void;
}

function transfer(accounts: Map<Address, Account>, transaction: Transaction, gas: bigint, baseFee: bigint): void {
  const sender = senderOf(transaction);
  if (sender === undefined || transaction.to === null) throw new Error('only signed transfers');
  const credit = (address: Address, wei: bigint, nonce = 0n): void => {
    const before = accounts.get(address) ?? EMPTY_ACCOUNT;
    accounts.set(address, { ...before, balance: before.balance + wei, nonce: before.nonce + nonce });
  };
  credit(sender, -(transaction.value + gas * effectiveGasPrice(transaction, baseFee)), 1n);
  credit(transaction.to, transaction.value);
  credit(COINBASE, gas * effectiveTip(transaction, baseFee));
}

/** Creates the chain with a genesis block that funds `rich`. */
export function createFakeChain(rich: readonly Address[]): FakeChain {
  const blocks: Block[] = [];
  const receipts = new Map<Hash32, readonly Receipt[]>();
  const states = new Map<Hash32, RpcState>();
  const work = new Map<Hash32, bigint>();
  let accounts = new Map<Address, Account>(rich.map((address) => [address, { ...EMPTY_ACCOUNT, balance: 10n ** 22n }]));
  accounts.set(CONTRACT, { ...EMPTY_ACCOUNT, codeHash: keccak256Hex(CODE) });
  let pending: RpcPendingBlock | undefined;
  let oldest = 0;
  let bad: readonly Block[] = [];

  const gasOf = (transaction: Transaction): bigint => intrinsicGas(transaction, rulesAt(SPEC, 1));
  const headBlock = (): Block => blocks[blocks.length - 1] as Block;

  function build(transactions: readonly Transaction[], uncles: readonly SealedHeader[], after: Map<Address, Account>) {
    const parent = blocks[blocks.length - 1];
    const baseFeePerGas = parent === undefined ? 10n ** 9n : nextBaseFee(parent.header);
    let cumulativeGasUsed = 0n;
    const list = transactions.map((transaction): Receipt => {
      transfer(after, transaction, gasOf(transaction), baseFeePerGas);
      cumulativeGasUsed += gasOf(transaction);
      const outcome = { kind: 'status', success: true } as const;
      return { type: transaction.type, outcome, cumulativeGasUsed, logsBloom: EMPTY_BLOOM, logs: [] };
    });
    const state = stateOf(after);
    const header: Header = {
      parentHash: parent?.hash ?? ZERO_HASH,
      unclesHash: keccak256Hex(encodeUncles(uncles)),
      coinbase: COINBASE,
      stateRoot: state.root,
      transactionsRoot: deriveRoot(transactions.map((transaction) => transaction.raw)),
      receiptsRoot: deriveRoot(list.map(encodeReceipt)),
      logsBloom: EMPTY_BLOOM,
      difficulty: 131072n,
      number: blocks.length,
      gasLimit: 30_000_000n,
      gasUsed: cumulativeGasUsed,
      timestamp: 1_700_000_000 + blocks.length * 2,
      extraData: Uint8Array.of(0x67),
      mixHash: toHash32(new Uint8Array(32).fill(blocks.length)),
      nonce: ZERO_BLOCK_NONCE,
      baseFeePerGas,
    };
    return { block: makeBlock(sealHeader(header), { transactions, uncles }), receipts: list, state };
  }

  const chain: FakeChain = {
    chainId: CHAIN_ID,
    networkId: CHAIN_ID,
    get genesisHash() {
      return (blocks[0] as Block).hash;
    },
    head: () => sealedHeaderOf(headBlock()),
    safe: () => sealedHeaderOf(blocks[Math.max(0, blocks.length - 3)] as Block),
    finalized: () => sealedHeaderOf(blocks[0] as Block),
    pending: () => pending,
    headerByHash: (hash) => {
      const block = chain.blockByHash(hash);
      return block === undefined ? undefined : sealedHeaderOf(block);
    },
    blockByHash: (hash) => blocks.find((block) => block.hash === hash),
    peekBlock: (hash) => chain.blockByHash(hash),
    headerByNumber: (number) => {
      const block = blocks[number];
      return block === undefined ? undefined : sealedHeaderOf(block);
    },
    blockByNumber: (number) => blocks[number],
    totalDifficulty: (hash) => work.get(hash),
    receiptsOf: (hash) => receipts.get(hash),
    transactionLocation: (hash) => {
      for (const block of blocks) {
        const index = block.transactions.findIndex((transaction) => transaction.hash === hash);
        if (index >= 0) return { blockHash: block.hash, number: block.header.number, index };
      }
      return undefined;
    },
    stateOf: (header) => (header.number < oldest ? undefined : states.get(header.stateRoot)),
    oldestState: () => oldest,
    nextBaseFee: (parent) => nextBaseFee(parent),
    intrinsicGas: (transaction, parent) => intrinsicGas(transaction, rulesAt(SPEC, parent.number + 1)),
    issuanceOf: ({ uncles }) => ({ blockReward: 2n * 10n ** 18n, uncleReward: BigInt(uncles.length) * 10n ** 18n }),
    forkHash: () => toHex(Uint8Array.of(1, 2, 3, 4)),
    badBlocks: () => bad.map((block) => ({ block, reason: 'wrong state root' })),
    setHead: (number) => {
      if (number >= blocks.length) return err(`no canonical block ${number} below the head`);
      blocks.splice(number + 1);
      return ok(undefined);
    },
    mine(transactions, uncles = []) {
      const next = new Map(accounts);
      const built = build(transactions, uncles, next);
      accounts = next;
      blocks.push(built.block);
      receipts.set(built.block.hash, built.receipts);
      states.set(built.block.header.stateRoot, built.state);
      work.set(built.block.hash, BigInt(blocks.length) * 131072n);
      return built.block;
    },
    setPending(transactions) {
      pending = transactions === undefined ? undefined : build(transactions, [], new Map(accounts));
    },
    setOldestState: (number) => {
      oldest = number;
    },
    setBadBlocks: (blocks) => {
      bad = blocks;
    },
  };
  chain.mine([]);
  return chain;
}
