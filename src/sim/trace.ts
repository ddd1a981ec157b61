import { createHash } from 'node:crypto';
import { hash32 } from './seeded-random.js';

/** Folds everything that happens in a run into one digest: two runs with the same digest told the same story. */
export interface Trace {
  /** Adds one happening; `parts` must not depend on anything but the seed. Of a text its 32-bit hash counts. */
  add(...parts: readonly (string | number)[]): void;
  /** Of everything added so far, as 64 hex digits. */
  digest(): string;
}

/** Numbers gathered before they are hashed: one call for some hundred happenings. */
const GATHERED = 4_096;

/** An empty trace. Happenings are numbers to it: making text of millions of them would cost more than to hash them. */
export function createTrace(): Trace {
  const hash = createHash('sha256');
  const numbers = new Float64Array(GATHERED);
  let size = 0;

  function push(value: number): void {
    if (size === GATHERED) flush();
    numbers[size++] = value;
  }

  function flush(): void {
    hash.update(new Uint8Array(numbers.buffer, 0, 8 * size));
    size = 0;
  }

  return {
    add(...parts) {
      push(parts.length);
      for (const part of parts) push(typeof part === 'number' ? part : hash32(part));
    },
    digest() {
      flush();
      return hash.copy().digest('hex');
    },
  };
}
