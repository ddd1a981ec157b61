import { toHash32, toHex, ZERO_HASH } from '../base/hex.js';
import { accountDump, MAX_DUMPED } from './account-dump.js';
import type { RpcBackend } from './backend.js';
import { serverError, statePruned } from './errors.js';
import type { Json } from './json.js';
import { commandAnswer } from './later.js';
import { type Method, method } from './method.js';
import { type Decode, optional, ParamError, required } from './param.js';
import { type BlockRef, blockRef } from './param-block.js';
import { boolean, bytes, lenientUint, string } from './param-values.js';
import { mustFindHeader } from './resolve.js';

/** geth's numbers for levels; 0 is silence there and the least there is here. */
const LEVELS = ['error', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** A level as geth's number, or a filter as `--log.level` takes it. */
const verbosity: Decode<string> = (json) => {
  if (typeof json === 'string') return json;
  const level = typeof json === 'number' ? LEVELS[json] : undefined;
  if (level === undefined) throw new ParamError('want a level from 0 to 5, or a filter like net=debug,*=info');
  return level;
};

/** A key in hex, or any other text as it stands: geth's `dbGet`. */
const databaseKey: Decode<Uint8Array> = (json) => {
  const text = string(json);
  return /^0[xX]/.test(text) ? bytes(text) : new Uint8Array(Buffer.from(text, 'utf8'));
};

/** A hashed address to begin at; shorter ones are filled with zeros, as geth's trie iterator takes them. */
const dumpStart: Decode<Uint8Array> = (json) => {
  const start = bytes(json);
  if (start.length > 32) throw new ParamError('want at most 32 bytes');
  const padded = new Uint8Array(32);
  padded.set(start);
  return padded;
};

/** Looks into state, database and process. */
export function debugHostMethods({ chain, host }: RpcBackend): readonly Method[] {
  const where = required('Block', blockRef);
  const flag = (name: string) => optional(name, boolean);

  function dump(ref: BlockRef, start: Uint8Array | undefined, limit: number): Json {
    const { header } = mustFindHeader(chain, ref);
    const state = chain.stateOf(header);
    if (state === undefined) throw statePruned(header.number, chain.oldestState());
    return accountDump(header.stateRoot, state, start === undefined ? ZERO_HASH : toHash32(start), limit);
  }

  return [
    method('debug_dumpBlock', [where], (_, ref) => dump(ref, undefined, MAX_DUMPED)),
    method(
      'debug_accountRange',
      [
        where,
        optional('Start', dumpStart),
        optional('Limit', lenientUint),
        // Transfers make neither code nor storage, and no account is incomplete: accepted, without effect.
        ...([flag('Without code'), flag('Without storage'), flag('Incompletes')] as const),
      ],
      (_, ref, start, limit = MAX_DUMPED) => dump(ref, start, Math.min(limit === 0 ? MAX_DUMPED : limit, MAX_DUMPED)),
    ),
    method('debug_dbGet', [required('Key', databaseKey)], (_, key) => {
      const value = host.databaseGet(key);
      if (value === undefined)
        throw serverError('leveldb: not found', 'keys are a prefix byte and an id: see src/store/schema.ts');
      return toHex(value);
    }),
    method('debug_chaindbProperty', [optional('Property', string)], (_, name) =>
      host.databaseProperty(name ?? 'leveldb.stats'),
    ),
    method('debug_chaindbCompact', [], () =>
      commandAnswer((done) => host.compactDatabase(done), null, 'look at the disk and at the log of the node'),
    ),
    method('debug_verbosity', [required('Level', verbosity)], (_, filter) => {
      const set = host.setLogLevel(filter);
      if (!set.ok) throw serverError(set.error, 'levels are trace, debug, info, warn and error');
      return null;
    }),
    method('debug_memStats', [], () => host.memory()),
    method('debug_stacks', [], () => host.activity()),
  ];
}
