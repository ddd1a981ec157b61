import { BoundedMap } from '../../base/bounded.js';
import { bytesEqual } from '../../base/bytes.js';
import type { Sharing } from '../../store/memory-kv.js';

/** Records remembered: of some thousand blocks. What is older each database holds for itself. */
const MAX_VALUES = 65_536;

/**
 * Lets the databases of a world hold once what is the same in all of them: nearly all of a chain is named by its hash. Whether two records
 * are the same is looked at each time, so that it makes no difference to anybody but the memory.
 */
export function createSharing(): Sharing {
  const known = new BoundedMap<string, readonly [name: string, value: Uint8Array]>(MAX_VALUES);
  return (name, value) => {
    const shared = known.peek(name);
    if (shared !== undefined && bytesEqual(shared[1], value)) return shared;
    const own = [name, value] as const;
    known.set(name, own);
    return own;
  };
}
