import { BoundedMap } from '../../base/bounded.js';
import { asBuffer } from '../../base/bytes.js';
import type { IdentityScheme } from '../../ports/identity.js';
import { decodeEnr, type Enr } from '../../types/enr.js';

/** Records remembered: some for each node of a large world. */
const MAX_RECORDS = 65_536;

/**
 * Reads node records as `decodeEnr` does, but each only once: all nodes of a world that hold a node's record then hold the
 * same object, which nobody changes. What can't be read is not remembered.
 */
export function createRecordReader(scheme: IdentityScheme): (raw: Uint8Array) => Enr {
  const known = new BoundedMap<string, Enr>(MAX_RECORDS);
  return (raw) => {
    const name = asBuffer(raw).toString('latin1');
    let enr = known.peek(name);
    if (enr === undefined) {
      enr = decodeEnr(raw, scheme);
      known.set(name, enr);
    }
    return enr;
  };
}
