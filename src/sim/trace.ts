import { createHash } from 'node:crypto';

/** Folds everything that happens in a run into one digest: two runs with the same digest told the same story. */
export interface Trace {
  /** Adds one happening; `parts` must not depend on anything but the seed. */
  add(...parts: readonly (string | number)[]): void;
  /** Of everything added so far, as 64 hex digits. */
  digest(): string;
}

/** An empty trace. */
export function createTrace(): Trace {
  const hash = createHash('sha256');
  return {
    add(...parts) {
      hash.update(`${parts.join(' ')}\n`);
    },
    digest: () => hash.copy().digest('hex'),
  };
}
