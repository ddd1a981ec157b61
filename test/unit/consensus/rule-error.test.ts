import { describe, expect, it } from 'vitest';
import { takesOver } from '../../../src/consensus/fork-choice.js';
import { RULES, ruleError } from '../../../src/consensus/rule-error.js';

describe('rules', () => {
  it.each(Object.entries(RULES))('%s has a name in kebab-case and a meaning of one line', (code, meaning) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(meaning).toMatch(/^[^\n.]{10,}$/);
  });

  it('an error says the meaning, and the figures where there are any', () => {
    expect(ruleError('uncles-too-many').message).toBe('a block has more than 2 uncles');
    expect(ruleError('uncles-too-many', '3').message).toBe('a block has more than 2 uncles (3)');
  });
});

describe('fork choice', () => {
  it.each([
    [11n, 10n, true],
    [10n, 10n, false],
    [9n, 10n, false],
  ])('%i against %i', (candidate, current, wins) => expect(takesOver(candidate, current)).toBe(wins));
});
