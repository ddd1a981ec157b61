import type { RpcBackend } from './backend.js';
import { serverError } from './errors.js';
import { type Method, method } from './method.js';
import { type Decode, optional, ParamError, required } from './param.js';
import { address, bytes, lenientUint, string, uint64, uint256 } from './param-values.js';
import { quantity } from './quantity.js';

/** As many as `--miner.threads` takes: each is a thread of the system, and a slip of the finger would start millions. */
const MAX_THREADS = 256;

/** At least one thread: `miner_stop` is for none. */
const threadCount: Decode<number> = (json) => {
  const threads = lenientUint(json);
  if (threads < 1 || threads > MAX_THREADS) throw new ParamError(`want 1 to ${MAX_THREADS} threads`);
  return threads;
};

/** Bytes in hex, or any other text as it stands. */
const extraData: Decode<Uint8Array> = (json) => {
  const text = string(json);
  return text.startsWith('0x') ? bytes(text) : new Uint8Array(Buffer.from(text, 'utf8'));
};

/** At least one hash a second: `miner_stop` is for none. */
const hashrate: Decode<number> = (json) => {
  const hashes = lenientUint(json);
  if (hashes < 1) throw new ParamError('want at least 1 hash a second, or null for no limit');
  return hashes;
};

/** Control of the miner, under core-geth's names. */
export function minerMethods({ miner, pool }: RpcBackend): readonly Method[] {
  return [
    method('miner_start', [optional('Threads', threadCount)], (_, threads) => {
      const started = miner.start(threads);
      if (!started.ok) throw serverError(started.error, 'set an etherbase with miner_setEtherbase');
      return null;
    }),
    method('miner_stop', [], () => {
      miner.stop();
      return null;
    }),
    method('miner_getHashrate', [], () => quantity(miner.hashrate())),
    method('miner_setEtherbase', [required('Address', address)], (_, etherbase) => {
      miner.setEtherbase(etherbase);
      return true;
    }),
    method('miner_setExtra', [required('Text', extraData)], (_, extra) => {
      const set = miner.setExtra(extra);
      if (!set.ok) throw serverError(set.error, 'a header holds at most 32 bytes of extra data');
      return true;
    }),
    method('miner_setGasPrice', [required('Wei', uint256)], (_, wei) => {
      pool.setMinTip(wei);
      return true;
    }),
    // `optional` reads null as undefined, which lifts the limit; leaving the parameter out does the same.
    method('miner_setMaxHashrate', [optional('Hashes a second', hashrate)], (_, hashes) => {
      miner.setMaxHashrate(hashes);
      return true;
    }),
    method('miner_setGasLimit', [required('Gas limit', uint64)], (_, gasLimit) => {
      miner.setGasTarget(gasLimit);
      return true;
    }),
  ];
}
