import type { Address, Hash32 } from '../base/brand.js';
import { fromHex, ZERO_HASH } from '../base/hex.js';
import { FieldError, type JsonFields, looseHex } from './json-fields.js';

/** An account of the genesis state. It belongs to the state as it is written, also if it is empty. */
export interface GenesisAccount {
  readonly balance: bigint;
  readonly nonce: bigint;
  readonly code: Uint8Array;
  /** Slot to value, without the values that are zero: the state does not hold these. */
  readonly storage: ReadonlyMap<Hash32, bigint>;
}

const UINT64 = 2n ** 64n - 1n;
const UINT256 = 2n ** 256n - 1n;
/**
 * What all accounts may have together, so that none ever has 2^256 wei or more, whoever is paid: what is paid in transfers
 * and fees somebody has, and rewards create less than the 2^192 that are missing here. A block has a number below 2^53 and
 * creates, with its uncles, less than three rewards, which are below 2^128 each.
 */
const MAX_SUPPLY = 2n ** 256n - 2n ** 192n;

/** The `alloc` of a genesis file; throws FieldError. Addresses with or without `0x`, each once. */
export function readAlloc(file: JsonFields): Map<Address, GenesisAccount> {
  if (!file.has('alloc')) throw new FieldError('alloc', 'is missing: it says who owns what at the start, {} is nobody');
  const alloc = file.object('alloc');
  const accounts = new Map<Address, GenesisAccount>(); // BOUNDED: by the operator's own file
  for (const key of alloc.keys()) {
    const address = looseHex(key);
    if (address === undefined || address.length !== 42) {
      throw new FieldError(alloc.pathOf(key), 'is not an address of 20 hex bytes');
    }
    if (accounts.has(address as Address)) throw new FieldError(alloc.pathOf(key), 'names an address a second time');
    accounts.set(address as Address, readAccount(alloc.object(key)));
  }
  let supply = 0n;
  for (const { balance } of accounts.values()) supply += balance;
  if (supply > MAX_SUPPLY) {
    throw new FieldError(
      'alloc',
      `hands out ${supply} wei, more than 2^256 - 2^192: rewards would take a balance over 2^256, lower the largest ones`,
    );
  }
  return accounts;
}

function readAccount(account: JsonFields): GenesisAccount {
  return {
    // Some old files of Ethereum's test suites say `wei`.
    balance: account.integer(account.has('wei') ? 'wei' : 'balance', UINT256, 0n),
    nonce: account.integer('nonce', UINT64, 0n),
    code: account.has('code') ? fromHex(account.hex('code')) : new Uint8Array(0),
    storage: account.has('storage') ? readStorage(account.object('storage')) : new Map(),
  };
}

function readStorage(storage: JsonFields): Map<Hash32, bigint> {
  const slots = new Map<Hash32, bigint>(); // BOUNDED: by the operator's own file
  for (const key of storage.keys()) {
    const slot = word(key);
    const value = word(storage.text(key));
    if (slot === undefined || value === undefined) {
      throw new FieldError(storage.pathOf(key), 'must have a slot and a value of at most 32 hex bytes');
    }
    if (value !== ZERO_HASH) slots.set(slot, BigInt(value));
  }
  return slots;
}

/** Up to 64 hex digits, with or without `0x`, padded on the left: always hex in `storage`, as geth reads it. */
function word(text: string): Hash32 | undefined {
  const digits = /^(?:0x)?([0-9a-f]{0,64})$/i.exec(text)?.[1];
  return digits === undefined ? undefined : (`0x${digits.toLowerCase().padStart(64, '0')}` as Hash32);
}
