import { expect, it } from 'vitest';
import type { Hash32 } from '../../src/base/brand.js';
import { fromHex, toHex } from '../../src/base/hex.js';
import { encodeRlpList, rlpBigInt } from '../../src/codec/rlp-writer.js';
import { keccak256Hex } from '../../src/crypto/keccak.js';
import { emptyTrie } from '../../src/trie/trie.js';
import { encodeAccount } from '../../src/types/account.js';
import { decodeBlock, makeBlock } from '../../src/types/block.js';
import type { GenesisAccount } from '../../src/types/genesis-alloc.js';
import { type Genesis, genesisHeader, parseGenesis } from '../../src/types/genesis-file.js';
import { encodeHeader } from '../../src/types/header.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

/** The state root by the definition, without the node's own state code. */
function stateRoot(alloc: Genesis['alloc']): Hash32 {
  let state = emptyTrie();
  for (const [address, account] of alloc) {
    const value = { ...account, storageRoot: storageRoot(account), codeHash: keccak256Hex(account.code) };
    state = state.put(keccak256Hex(fromHex(address)), encodeAccount(value));
  }
  return state.commit().root;
}

function storageRoot({ storage }: GenesisAccount): Hash32 {
  let trie = emptyTrie();
  for (const [slot, value] of storage) trie = trie.put(keccak256Hex(fromHex(slot)), rlpBigInt(value));
  return trie.commit().root;
}

describeVectors('genesis/', () => {
  it('basic_genesis_tests.json: a file gives its block', () => {
    const file = 'genesis/basic_genesis_tests.json';
    const cases = Object.entries(readVector<Record<string, { readonly result: string }>>(file));
    expect(cases).toHaveLength(expectedCases(file));
    for (const [name, test] of cases) {
      const parsed = parseGenesis({ ...test, config: { chainId: 1, homesteadBlock: 0 } });
      if (!parsed.ok) expect.fail(`${name}: ${parsed.error.message}`);
      const header = genesisHeader(parsed.value, stateRoot(parsed.value.alloc));
      expect(toHex(makeBlock(header, { transactions: [], uncles: [] }).raw), name).toBe(`0x${test.result}`);
      passed('genesis', name);
    }
  });

  it("genesishashestest.json: main net's block decodes to its hash", () => {
    const file = 'genesis/genesishashestest.json';
    const test = readVector<Record<string, string>>(file);
    expect(expectedCases(file)).toBe(1);
    const block = decodeBlock(Buffer.from((test.genesis_rlp_hex ?? '').replace(/^0x/, ''), 'hex'));
    expect(block.hash.slice(2)).toBe((test.genesis_hash ?? '').replace(/^0x/, ''));
    expect(block.header.stateRoot.slice(2)).toBe((test.genesis_state_root ?? '').replace(/^0x/, ''));
    const body = [encodeHeader(block.header), encodeRlpList([]), encodeRlpList([])];
    expect(toHex(encodeRlpList(body))).toBe(toHex(block.raw));
    passed('genesis', 'main net');
  });
});
