import { expect, it } from 'vitest';
import { MAX_DEPTH, MAX_VALUES, shapeOf } from '../../../src/rpc/depth.js';

it.each([
  ['the limit', '['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH), 'fit'],
  ['one more', '['.repeat(MAX_DEPTH + 1), 'too-deep'],
  ['objects', '{"a":'.repeat(MAX_DEPTH + 1), 'too-deep'],
  ['brackets in a string', `["${'['.repeat(100)}"]`, 'fit'],
  ['a string with an escaped quote', `["\\"${'['.repeat(100)}"]`, 'fit'],
  ['brackets after a string', `["\\\\",${'['.repeat(100)}`, 'too-deep'],
  ['many side by side', '[],'.repeat(1000), 'fit'],
  ['as many values as are allowed', `{"a":[${'0,'.repeat(MAX_VALUES - 3)}0]}`, 'fit'],
  ['a value more', `{"a":[${'0,'.repeat(MAX_VALUES - 1)}0]}`, 'too-many-values'],
  ['many empty objects', `[[${'{},'.repeat(MAX_VALUES / 2)}{}]]`, 'too-many-values'],
  ['commas in a string', `["${','.repeat(MAX_VALUES)}"]`, 'fit'],
  ['as many calls as are allowed', '[{"a":[1,2,3,4]},{},"a,b,c"]', 'fit'],
  ['members of a call', '{"a":1,"b":2,"c":3,"d":4}', 'fit'],
])('%s', (_, text, kind) => {
  expect(shapeOf(text, 3).kind).toBe(kind);
});

it('the first of too many calls', () => {
  expect(shapeOf(' [{"a":[1,2,3,4]}, {},"a,b,c",5, 6]', 3)).toEqual({
    kind: 'too-many-calls',
    first: ' [{"a":[1,2,3,4]}, {},"a,b,c"]',
  });
});
