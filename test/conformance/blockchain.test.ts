import { beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHash32 } from '../../src/base/hex.js';
import type { Chain } from '../../src/chain/chain.js';
import { openChain } from '../../src/chain/open-chain.js';
import { DecodeError } from '../../src/codec/decode-error.js';
import { keccak256Hex } from '../../src/crypto/keccak.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { genesisState } from '../../src/state/genesis-state.js';
import { WorldState } from '../../src/state/world-state.js';
import { MemoryKv } from '../../src/store/memory-kv.js';
import { type Block, decodeBlock } from '../../src/types/block.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';
import {
  allocOf,
  BLOCK_REASONS,
  bytesOf,
  type Case,
  casesOf,
  genesisOf,
  NETWORKS,
  transactionReason,
} from './support/block-cases.js';

function open(test: Case): Chain {
  const opened = openChain({ kv: new MemoryKv(), genesis: genesisOf(test) }, { fakePow: true });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Why the block is refused; undefined if it is accepted. */
function offer(chain: Chain, rlp: string): string | undefined {
  let block: Block;
  try {
    block = decodeBlock(bytesOf(rlp));
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  const outcome = chain.importBlock(block, 2 ** 31);
  if (outcome.kind === 'invalid') return outcome.error.code;
  expect(outcome.kind).toBe('head');
  return undefined;
}

/** Every account by the hash of its address, with code and storage by their hashes, in order. */
function dump(chain: Chain): unknown[] {
  return [...(chain.stateAt(chain.head().header.stateRoot)?.accounts() ?? [])].map(([key, account]) => [key, account]);
}

function expectedDump(accounts: Case['postState']): unknown[] {
  const alloc = allocOf(accounts);
  const expected = [...alloc].map(([address, account]) => {
    const { root, nodes, codes } = genesisState(new Map([[address, account]]));
    const raw = new Map([...nodes, ...codes].map((node) => [toHash32(node.hash), node.raw]));
    const view = new WorldState({ node: (hash) => raw.get(hash), code: (hash) => raw.get(hash) }).view(root);
    return [keccak256Hex(fromHex(address)), view?.account(address)];
  });
  return expected.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

/** Why one of the block's transactions is refused in a block like it, by what executes blocks; undefined if none is. */
function refusalOfTransactions(chain: Chain, rlp: string): string | undefined {
  let block: Block;
  try {
    block = decodeBlock(bytesOf(rlp));
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  const { header, transactions } = block;
  const execution = chain.propose(header.parentHash, header);
  expect(execution?.baseFeePerGas).toBe(header.baseFeePerGas);
  for (const tx of transactions) {
    const result = execution?.tryTransaction(tx);
    if (result?.ok === false) return result.error.code;
  }
  return undefined;
}

describe.each(NETWORKS)('blockchain tests: $network', ({ network, suite }) => {
  describeVectors(`blockchain/${network}`, () => {
    const cases = casesOf(network);

    beforeAll(async () => {
      await selectCrypto();
    });

    it('has all its cases', () => {
      expect(cases).toHaveLength(expectedCases(`blockchain/${network}/`));
    });

    it.each(cases)('$name', ({ name, test, short }) => {
      const chain = open(test);
      expect(chain.genesisHash).toBe(test.genesisBlockHeader.hash);
      expect(chain.head().header.stateRoot).toBe(decodeBlock(bytesOf(test.genesisRLP)).header.stateRoot);
      for (const { rlp, expectException } of test.blocks) {
        const before = { head: chain.head().hash, state: dump(chain) };
        if (expectException?.startsWith('TR_')) {
          expect(refusalOfTransactions(chain, rlp)).toBe(transactionReason(short, expectException) ?? 'too-large');
        }
        const refusal = offer(chain, rlp);
        if (expectException === undefined) expect(refusal).toBeUndefined();
        else {
          expect(refusal).toBe(expectException === 'TR_RLP_WRONGVALUE' ? 'too-large' : BLOCK_REASONS[expectException]);
          expect({ head: chain.head().hash, state: dump(chain) }).toEqual(before);
        }
      }
      expect(chain.head().hash).toBe(toHash32(bytesOf(test.lastblockhash)));
      expect(dump(chain)).toEqual(expectedDump(test.postState));
      passed(suite, name);
    });
  });
});
