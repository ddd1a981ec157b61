import type { Address, Hash32 } from '../base/brand.js';

/** One entry of an EIP-2930 access list. */
export interface AccessListEntry {
  readonly address: Address;
  readonly storageKeys: readonly Hash32[];
}

/** What every transaction says, whatever its type. */
interface TransactionFields {
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** Null means contract creation, which no chain of ours executes. */
  readonly to: Address | null;
  readonly value: bigint;
  readonly data: Uint8Array;
}

/** Type 0. `chainId` is undefined for a signature that EIP-155 does not protect. */
export interface LegacyFields extends TransactionFields {
  readonly type: 0;
  readonly chainId: bigint | undefined;
  readonly gasPrice: bigint;
}

/** Type 1, EIP-2930. */
export interface AccessListFields extends TransactionFields {
  readonly type: 1;
  readonly chainId: bigint;
  readonly gasPrice: bigint;
  readonly accessList: readonly AccessListEntry[];
}

/** Type 2, EIP-1559. */
export interface DynamicFeeFields extends TransactionFields {
  readonly type: 2;
  readonly chainId: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly accessList: readonly AccessListEntry[];
}

/** A transaction before it is signed. */
export type UnsignedTransaction = LegacyFields | AccessListFields | DynamicFeeFields;

/** `yParity` is 0 or 1 for every type; the legacy `v` is derived from it and the chain id. */
export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
  readonly yParity: 0 | 1;
}

/**
 * A signed transaction as decoded or made. `raw` is its network form: the RLP list of a legacy transaction, or
 * `type || rlp(fields)` of a typed one (EIP-2718); `hash` is keccak256 of it.
 * `sender` is a write-once cache: undefined until recovered, then the signer for good; set it through `setSender` only.
 */
export type Transaction = UnsignedTransaction & {
  readonly signature: Signature;
  readonly hash: Hash32;
  readonly raw: Uint8Array;
  sender: Address | undefined;
};

/** The most wei a unit of gas may cost the sender. */
export function feeCap(tx: UnsignedTransaction): bigint {
  return tx.type === 2 ? tx.maxFeePerGas : tx.gasPrice;
}

/** The most wei a unit of gas may give the miner beyond the base fee. */
export function tipCap(tx: UnsignedTransaction): bigint {
  return tx.type === 2 ? tx.maxPriorityFeePerGas : tx.gasPrice;
}

/** Wei that the miner gets for a unit of gas at `baseFee` (EIP-1559); negative if the fee cap is below the base fee. */
export function effectiveTip(tx: UnsignedTransaction, baseFee: bigint): bigint {
  const room = feeCap(tx) - baseFee;
  const cap = tipCap(tx);
  if (cap < room) return cap;
  return room;
}

/** Wei that the sender pays for a unit of gas at `baseFee` (EIP-1559). */
export function effectiveGasPrice(tx: UnsignedTransaction, baseFee: bigint): bigint {
  return baseFee + effectiveTip(tx, baseFee);
}

/** The most wei the sender can lose by it: what the balance has to cover. */
export function maxCost(tx: UnsignedTransaction): bigint {
  return tx.gasLimit * feeCap(tx) + tx.value;
}
