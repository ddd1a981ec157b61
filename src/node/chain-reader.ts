import type { Chain, ChainHead } from '../chain/chain.js';
import type { ChainReader, HeadInfo } from '../net/backend.js';

function infoOf({ hash, header, totalDifficulty }: ChainHead): HeadInfo {
  return { hash, number: header.number, totalDifficulty, timestamp: header.timestamp };
}

/** The chain as the network wing sees it. */
export function createChainReader(chain: Chain, networkId: bigint): ChainReader {
  // Asked for with every message of every peer, so made once for each head.
  let of = chain.head();
  let info = infoOf(of);
  return {
    networkId,
    genesisHash: chain.genesisHash,
    head() {
      const head = chain.head();
      if (head !== of) {
        of = head;
        info = infoOf(head);
      }
      return info;
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
    bodyRoots: (body) => chain.bodyRoots(body),
  };
}
