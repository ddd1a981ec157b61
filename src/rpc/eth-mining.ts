import type { BlockNonce } from '../base/brand.js';
import { toBlockNonce, ZERO_HASH } from '../base/hex.js';
import type { RpcBackend } from './backend.js';
import { serverError } from './errors.js';
import { type Method, method } from './method.js';
import { type Decode, ParamError, required } from './param.js';
import { bytes, hash, uint256 } from './param-values.js';
import { quantity } from './quantity.js';

/** 8 bytes. */
const blockNonce: Decode<BlockNonce> = (json) => {
  const value = bytes(json);
  if (value.length !== 8)
    throw new ParamError(`hex string has length ${value.length * 2}, want 16 for types.BlockNonce`);
  return toBlockNonce(value);
};

/** Proof of work: what this node does for it, and work for external miners. */
export function ethMiningMethods({ miner }: RpcBackend): readonly Method[] {
  return [
    method('eth_mining', [], () => miner.mining()),
    method('eth_hashrate', [], () => quantity(miner.hashrate())),
    method('eth_getWork', [], () => {
      const work = miner.work();
      if (work === undefined)
        throw serverError('no mining work available yet', 'start the miner (miner_start) and set an etherbase');
      // The second member is ethash's seed hash; this chain's proof of work has none.
      return [work.sealHash, ZERO_HASH, work.target, quantity(work.number)];
    }),
    method(
      'eth_submitWork',
      [required('Nonce', blockNonce), required('Seal hash', hash), required('Mix hash', hash)],
      ({ nowMs }, nonce, sealHash, mixHash) => miner.submitWork(sealHash, nonce, mixHash, nowMs),
    ),
    method('eth_submitHashrate', [required('Hashrate', uint256), required('Miner id', hash)], ({ nowMs }, rate, id) => {
      miner.submitHashrate(rate, id, nowMs);
      return true;
    }),
  ];
}
