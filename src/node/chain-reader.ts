import type { Chain } from '../chain/chain.js';
import type { ChainReader } from '../net/backend.js';

/** The chain as the network wing sees it. */
export function createChainReader(chain: Chain, networkId: bigint): ChainReader {
  return {
    networkId,
    genesisHash: chain.genesisHash,
    head() {
      const { hash, header, totalDifficulty } = chain.head();
      return { hash, number: header.number, totalDifficulty, timestamp: header.timestamp };
    },
    forkId: () => chain.forkId(),
    forkIdMismatch: (remote) => chain.forkIdMismatch(remote),
    headerByHash: (hash) => chain.headerByHash(hash),
    canonicalHash: (number) => chain.canonicalHash(number),
    totalDifficulty: (hash) => chain.totalDifficulty(hash),
    bodyRaw: (hash) => chain.bodyRaw(hash),
    receiptsRaw: (hash) => chain.receiptsRaw(hash),
    blockByHash: (hash) => chain.blockByHash(hash),
    hasBlock: (hash) => chain.hasBlock(hash),
    isInvalid: (hash) => chain.isInvalid(hash),
    checkHeader: (header, parent, nowSec) => chain.checkHeader(header, parent, nowSec),
    checkSeal: (header) => chain.checkSeal(header),
    checkBody: (header, body) => chain.checkBody(header, body),
  };
}
