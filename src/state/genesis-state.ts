import type { Address, Hash32 } from '../base/brand.js';
import { fromHex } from '../base/hex.js';
import { rlpBigInt } from '../codec/rlp-writer.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { emptyTrie, type StoredNode } from '../trie/trie.js';
import { EMPTY_CODE_HASH, encodeAccount } from '../types/account.js';
import type { GenesisAccount } from '../types/genesis-alloc.js';

/** A state with what has to be stored for it. */
export interface GenesisState {
  readonly root: Hash32;
  readonly nodes: readonly StoredNode[];
  readonly codes: readonly StoredNode[];
}

/** The state in which exactly these accounts exist, empty ones too: EIP-161 clears what is touched, and nothing was yet. */
export function genesisState(accounts: ReadonlyMap<Address, GenesisAccount>): GenesisState {
  const nodes: StoredNode[] = [];
  const codes: StoredNode[] = [];
  const puts: [Hash32, Uint8Array][] = [];
  for (const [address, { balance, nonce, code, storage }] of accounts) {
    const storageTrie = storageOf(storage);
    nodes.push(...storageTrie.nodes);
    const codeHash = code.length === 0 ? EMPTY_CODE_HASH : keccak256Hex(code);
    if (code.length > 0) codes.push({ hash: fromHex(codeHash), raw: code });
    const account = encodeAccount({ nonce, balance, storageRoot: storageTrie.root, codeHash });
    puts.push([keccak256Hex(fromHex(address)), account]);
  }
  const committed = emptyTrie().putAll(puts).commit();
  return { root: committed.root, nodes: [...nodes, ...committed.nodes], codes };
}

function storageOf(slots: ReadonlyMap<Hash32, bigint>): {
  readonly root: Hash32;
  readonly nodes: readonly StoredNode[];
} {
  let trie = emptyTrie();
  for (const [slot, value] of slots) trie = trie.put(keccak256Hex(fromHex(slot)), rlpBigInt(value));
  return trie.commit();
}
