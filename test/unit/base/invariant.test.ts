import { describe, expect, it } from 'vitest';
import { InvariantError, invariant, unreachable } from '../../../src/base/invariant.js';
import { err, ok } from '../../../src/base/result.js';

describe('invariant', () => {
  it('throws its message unless the condition holds', () => {
    expect(() => invariant(true, 'fine')).not.toThrow();
    expect(() => invariant(0, 'zero is no')).toThrow(new InvariantError('zero is no'));
  });

  it('names the value of a branch that should not exist', () => {
    expect(() => unreachable({ kind: 'odd', size: 1n } as never)).toThrow(InvariantError);
    expect(() => unreachable('odd' as never)).toThrow(/odd/);
  });
});

describe('results', () => {
  it('carry a value or an error', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(err({ code: 'no' })).toEqual({ ok: false, error: { code: 'no' } });
  });
});
