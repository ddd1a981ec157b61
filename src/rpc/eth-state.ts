import type { Address, Hash32 } from '../base/brand.js';
import { parseHash32, toHex } from '../base/hex.js';
import { EMPTY_ACCOUNT } from '../types/account.js';
import type { RpcBackend, RpcState } from './backend.js';
import { invalidParams } from './errors.js';
import type { Json } from './json.js';
import { type Method, method } from './method.js';
import { type Decode, kindOf, optional, ParamError, required, wrongKind } from './param.js';
import { blockRef, LATEST } from './param-block.js';
import { address, list } from './param-values.js';
import { quantity } from './quantity.js';
import { mustFindState } from './resolve.js';

/** Storage keys in one eth_getProof call: geth's limit. Each one costs a walk through a trie. */
const MAX_PROOF_KEYS = 1024;

/** A storage key as it was asked, and the slot that it means. */
interface StorageKey {
  readonly text: string;
  readonly slot: Hash32;
}

/** At most 32 bytes of hex with or without prefix and leading zeros, as geth reads them. */
const storageKey: Decode<StorageKey> = (json) => {
  if (typeof json !== 'string') throw wrongKind(kindOf(json), 'string');
  const digits = json.startsWith('0x') || json.startsWith('0X') ? json.slice(2) : json;
  if (digits.length > 64) throw new ParamError('hex string too long, want at most 32 bytes');
  const slot = parseHash32(`0x${digits.padStart(64, '0')}`);
  if (slot === undefined) throw new ParamError('hex string invalid');
  return { text: json, slot };
};

/** geth names bad storage keys on their own, not as an argument. */
const anyString: Decode<string> = (json) => {
  if (typeof json !== 'string') throw wrongKind(kindOf(json), 'string');
  return json;
};

function readStorageKey(text: string): StorageKey {
  try {
    return storageKey(text);
  } catch (error) {
    if (!(error instanceof ParamError)) throw error;
    throw invalidParams(`unable to decode storage key: ${error.message}`, 'a storage key is at most 32 bytes of hex');
  }
}

/** A 32-byte word as a quantity. */
const wordQuantity = (word: Hash32): string => quantity(BigInt(word));

/** EIP-1186: keys of full length come back as they are, shorter ones as quantities. */
const proofKey = (key: StorageKey): string => (key.text.length >= 64 ? key.slot : quantity(BigInt(key.slot)));

function proofView(state: RpcState, who: Address, keys: readonly StorageKey[]): Json {
  const account = state.account(who) ?? EMPTY_ACCOUNT;
  return {
    address: who,
    accountProof: state.accountProof(who).map(toHex),
    balance: quantity(account.balance),
    codeHash: account.codeHash,
    nonce: quantity(account.nonce),
    storageHash: account.storageRoot,
    storageProof: keys.map((key) => ({
      key: proofKey(key),
      value: wordQuantity(state.storage(who, key.slot)),
      proof: state.storageProof(who, key.slot).map(toHex),
    })),
  };
}

/** Balances, nonces, code, storage and proofs at any block whose state is kept. */
export function ethStateMethods({ chain, pool }: RpcBackend): readonly Method[] {
  const who = required('Address', address);
  const where = optional('Block', blockRef);

  return [
    method('eth_getBalance', [who, where], (_, target, ref = LATEST) =>
      quantity(mustFindState(chain, ref).account(target)?.balance ?? 0n),
    ),
    method('eth_getTransactionCount', [who, where], (_, target, ref = LATEST) => {
      // `pending` counts what waits in the pool, so that a wallet can send several transactions in a row.
      if (ref.kind === 'tag' && ref.tag === 'pending') return quantity(pool.nextNonce(target));
      return quantity(mustFindState(chain, ref).account(target)?.nonce ?? 0n);
    }),
    method('eth_getCode', [who, where], (_, target, ref = LATEST) => toHex(mustFindState(chain, ref).code(target))),
    method('eth_getStorageAt', [who, required('Storage slot', anyString), where], (_, target, text, ref = LATEST) => {
      const key = readStorageKey(text);
      return mustFindState(chain, ref).storage(target, key.slot);
    }),
    method(
      'eth_getProof',
      [who, required('Storage keys', list(anyString, MAX_PROOF_KEYS, '[]string')), where],
      (_, target, texts, ref = LATEST) => proofView(mustFindState(chain, ref), target, texts.map(readStorageKey)),
    ),
    method('eth_getAccount', [who, where], (_, target, ref = LATEST) => {
      const account = mustFindState(chain, ref).account(target);
      if (account === undefined) return null;
      return {
        balance: quantity(account.balance),
        nonce: quantity(account.nonce),
        codeHash: account.codeHash,
        storageRoot: account.storageRoot,
      };
    }),
    method('eth_getAccountInfo', [who, where], (_, target, ref = LATEST) => {
      const state = mustFindState(chain, ref);
      const account = state.account(target) ?? EMPTY_ACCOUNT;
      return { balance: quantity(account.balance), nonce: quantity(account.nonce), code: toHex(state.code(target)) };
    }),
  ];
}
