import { describe, expect, it } from 'vitest';
import { projectFiles, sourceFile } from './support/sources.js';
import { constructViolations, docViolations, MAX_LINES, sizeViolations } from './support/style.js';

const sources = projectFiles('src', 'cmd');
const all = [...sources, ...projectFiles('test')];
const sample = (text: string) => sourceFile('src/base/x.ts', text);

describe('a file', () => {
  it('is never long', () => {
    expect(all.length).toBeGreaterThan(150);
    expect(all.flatMap(sizeViolations)).toEqual([]);
  });

  it('is long from the line after the limit on', () => {
    expect(sizeViolations(sample('x;\n'.repeat(MAX_LINES)))).toEqual([]);
    expect(sizeViolations(sample('x;\n'.repeat(MAX_LINES + 1)))).toHaveLength(1);
  });
});

describe('the constructs we do without', () => {
  it('occur nowhere', () => {
    expect(all.flatMap(constructViolations)).toEqual([]);
  });

  it.each([
    'const x: any = 1;',
    'f(x as any);',
    'const m = new Map<string, any>();',
    'function f(a: any[]) {}',
    'type A = string | any;',
    'export default f;',
    'export { f as default };',
    'enum Color { Red }',
    'const enum Color { Red }',
    "export * from './a.js';",
    'class A extends B {}',
    'class A<T> extends Map<T, T> {}',
  ])('would be noticed: %s', (text) => {
    expect(constructViolations(sample(text))).toHaveLength(1);
  });

  it.each([
    '// any default export: no enum Color { Red }',
    "const text = 'x as any';",
    'const any = 1;',
    'Promise.any(list);',
    'class E extends Error {}',
    'class DecodeError extends RangeError {}',
    'function f<T extends object>(x: T) {}',
  ])('are not: %s', (text) => {
    expect(constructViolations(sample(text))).toEqual([]);
  });
});

describe('what a file exports', () => {
  it('says what it guarantees', () => {
    expect(sources.flatMap(docViolations)).toEqual([]);
  });

  it.each([
    'export const a = 1;',
    'export function f() {}',
    'export interface A {}',
    'export type A = 1;',
    'export class A {}',
    '// A comment.\nexport const a = 1;',
    '/* A comment. */\nexport const a = 1;',
    '/** Of b. */\nconst b = 2;\nexport const a = 1;',
    '/** */\nexport const a = 1;',
    '/** One. */\nexport const a = 1;\nexport const b = 2;',
  ])('would be noticed: %s', (text) => {
    expect(docViolations(sample(text))).toHaveLength(1);
  });

  it.each([
    '/** The number one. */\nexport const a = 1;',
    '/**\n * Two lines.\n */\n\nexport function f() {}',
    '/** First. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;',
    "export { a } from './a.js';",
    "const text = 'x';\nconst a = 1;",
  ])('is documented: %s', (text) => {
    expect(docViolations(sample(text))).toEqual([]);
  });
});

describe('the list of files', () => {
  it('may not be empty', () => {
    expect(() => projectFiles('genesis')).toThrow(/no source files/);
  });
});
