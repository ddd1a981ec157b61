import type { EthVersion } from '../../wire/eth/protocol.js';
import type { Status } from '../../wire/eth/status.js';
import type { ChainReader } from '../backend.js';
import type { Fault } from '../defense/fault.js';

/** How long a peer may take for its Status: it says only what it knows already (defence: each handshake stage 5 s). */
export const STATUS_TIMEOUT_MS = 5000;

/** Our Status, for a session in `version`. */
export function localStatus(chain: ChainReader, version: EthVersion): Status {
  const head = chain.head();
  return {
    version,
    networkId: chain.networkId,
    totalDifficulty: head.totalDifficulty,
    headHash: head.hash,
    genesisHash: chain.genesisHash,
    forkId: chain.forkId(),
  };
}

/** Why the sender of `remote` is not on our chain; undefined if it may be (caps/eth.md, Status; EIP-2124). */
export function checkStatus(chain: ChainReader, version: EthVersion, remote: Status): Fault | undefined {
  if (remote.networkId !== chain.networkId) {
    return { code: 'wrong-network', expected: chain.networkId, actual: remote.networkId };
  }
  if (remote.version !== version) return { code: 'wrong-protocol-version', expected: version, actual: remote.version };
  if (remote.genesisHash !== chain.genesisHash) {
    return { code: 'wrong-genesis', expected: chain.genesisHash, actual: remote.genesisHash };
  }
  const relation = chain.forkIdMismatch(remote.forkId);
  return relation === undefined ? undefined : { code: 'wrong-fork-id', relation };
}
