import { describe, expect, it } from 'vitest';
import { parseLevelFilter, passes } from '../../../src/platform/log/level-filter.js';

describe('parseLevelFilter', () => {
  it.each([
    { filter: 'info', topic: 'net', level: 'debug', passed: false },
    { filter: 'info', topic: 'net', level: 'info', passed: true },
    { filter: 'net=debug,*=warn', topic: 'net', level: 'debug', passed: true },
    { filter: 'net=debug,*=warn', topic: 'chain', level: 'info', passed: false },
    { filter: 'net=debug', topic: 'chain', level: 'info', passed: true },
    { filter: ' net = error , debug ', topic: 'net', level: 'warn', passed: false },
    { filter: ' net = error , debug ', topic: 'chain', level: 'debug', passed: true },
  ] as const)('"$filter" lets $topic at $level through: $passed', ({ filter, topic, level, passed }) => {
    const parsed = parseLevelFilter(filter);
    expect(parsed.ok && passes(parsed.value, topic, level)).toBe(passed);
  });

  it.each(['loud', '', 'net=', 'net=debug,', 'toString'])('refuses "%s" and names the levels', (text) => {
    const parsed = parseLevelFilter(text);
    expect(parsed.ok ? '' : parsed.error).toContain('use trace, debug, info, warn or error');
  });
});
