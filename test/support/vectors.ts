import { describe, it } from 'vitest';
import { VECTORS_ROOT, vectorsPath } from './vector-files.js';

/**
 * A `describe` that needs the test data `name`. Where they are absent it is skipped with a note, except under CI: there
 * a missing file fails, so that a suite that no longer runs cannot pass.
 */
export function describeVectors(name: string, body: () => void): void {
  if (vectorsPath(name) !== undefined) {
    describe(name, body);
    return;
  }
  const note = `test data ${name} not found under ${VECTORS_ROOT} (set GRAPEVINE_VECTORS)`;
  describe(name, () => {
    if ((process.env.CI ?? '') === '') it.skip(note, () => undefined);
    else
      it('has its test data', () => {
        throw new Error(note);
      });
  });
}
