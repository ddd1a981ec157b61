import { EMPTY_BLOOM, ZERO_ADDRESS, ZERO_BLOCK_NONCE, ZERO_HASH } from '../../../src/base/hex.js';
import { nextBaseFee } from '../../../src/consensus/base-fee.js';
import { difficultyAfter } from '../../../src/consensus/check-header.js';
import { EMPTY_TRIE_ROOT, EMPTY_UNCLES_HASH } from '../../../src/types/account.js';
import { type ChainSpec, forksUpTo } from '../../../src/types/chain-spec.js';
import { type Header, type SealedHeader, sealHeader } from '../../../src/types/header.js';
import { rulesAt } from '../../../src/types/rules.js';

/** A chain with London from the start. */
export const LONDON: ChainSpec = {
  chainId: 1n,
  networkId: 1n,
  forks: forksUpTo('london'),
  difficultyStep: undefined,
  blockReward: undefined,
};

/** A block of easy work that others may follow. */
export const LONDON_PARENT: SealedHeader = sealHeader({
  parentHash: ZERO_HASH,
  unclesHash: EMPTY_UNCLES_HASH,
  coinbase: ZERO_ADDRESS,
  stateRoot: EMPTY_TRIE_ROOT,
  transactionsRoot: EMPTY_TRIE_ROOT,
  receiptsRoot: EMPTY_TRIE_ROOT,
  logsBloom: EMPTY_BLOOM,
  difficulty: 131_072n,
  number: 10,
  gasLimit: 30_000_000n,
  gasUsed: 15_000_000n,
  timestamp: 1_000_000,
  extraData: new Uint8Array(0),
  mixHash: ZERO_HASH,
  nonce: ZERO_BLOCK_NONCE,
  baseFeePerGas: 1_000_000_000n,
});

/** A header that may follow `parent`, but for its seal and for what `changes` spoils. */
export function childOf(parent: SealedHeader, changes: Partial<Header> = {}): SealedHeader {
  const number = parent.header.number + 1;
  const timestamp = changes.timestamp ?? parent.header.timestamp + 9;
  return sealHeader({
    ...parent.header,
    parentHash: parent.hash,
    number,
    timestamp,
    difficulty: difficultyAfter(parent.header, number, timestamp, rulesAt(LONDON, number)),
    baseFeePerGas: nextBaseFee(parent.header),
    ...changes,
  });
}
