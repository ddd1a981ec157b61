import { expect, it } from 'vitest';
import { MAX_DEPTH, tooDeep } from '../../../src/rpc/depth.js';

it.each([
  ['the limit', '['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH), false],
  ['one more', '['.repeat(MAX_DEPTH + 1), true],
  ['objects', '{"a":'.repeat(MAX_DEPTH + 1), true],
  ['brackets in a string', `["${'['.repeat(100)}"]`, false],
  ['a string with an escaped quote', `["\\"${'['.repeat(100)}"]`, false],
  ['brackets after a string', `["\\\\",${'['.repeat(100)}`, true],
  ['many side by side', '[],'.repeat(1000), false],
])('%s', (_, text, expected) => {
  expect(tooDeep(text)).toBe(expected);
});
