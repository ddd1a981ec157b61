import { describe, expect, it } from 'vitest';
import { packageViolations } from './support/packages.js';
import { projectFiles, sourceFile } from './support/sources.js';

describe('packages', () => {
  it('are imported where they belong', () => {
    const files = projectFiles('src', 'cmd');
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(packageViolations)).toEqual([]);
  });

  const samples = [
    {
      name: 'the store opens LevelDB',
      path: 'src/store/x.ts',
      text: "import { ClassicLevel } from 'classic-level';",
      bad: 1,
    },
    {
      name: 'net hashes by itself',
      path: 'src/net/x.ts',
      text: "import { sha3 } from '@noble/hashes/sha3.js';",
      bad: 1,
    },
    { name: 'an unknown package', path: 'cmd/grapevine/x.ts', text: "import chalk from 'chalk';", bad: 1 },
    { name: 'a bare name of a module of Node', path: 'cmd/grapevine/x.ts', text: "import fs from 'fs';", bad: 1 },
    { name: 'a package in its room', path: 'src/crypto/x.ts', text: "import { a } from '@noble/hashes/a.js';", bad: 0 },
    { name: 'a module of Node', path: 'src/platform/x.ts', text: "import { a } from 'node:fs';", bad: 0 },
  ];
  it.each(samples)('$name: $bad', ({ path, text, bad }) => {
    expect(packageViolations(sourceFile(path, text))).toHaveLength(bad);
  });
});
