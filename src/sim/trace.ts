import { createHash } from 'node:crypto';

/** Folds everything that happens in a run into one digest: two runs with the same digest told the same story. */
export interface Trace {
  /** Adds one happening; `parts` must not depend on anything but the seed. */
  add(...parts: readonly (string | number)[]): void;
  /** Of everything added so far, as 64 hex digits. */
  digest(): string;
}

/** Characters gathered before they are hashed: one call for some hundred lines. */
const FLUSH_LENGTH = 16_384;

/** An empty trace. */
export function createTrace(): Trace {
  const hash = createHash('sha256');
  let lines = '';
  const flush = (): void => {
    hash.update(lines);
    lines = '';
  };
  return {
    add(...parts) {
      lines += `${parts.join(' ')}\n`;
      if (lines.length > FLUSH_LENGTH) flush();
    },
    digest() {
      flush();
      return hash.copy().digest('hex');
    },
  };
}
