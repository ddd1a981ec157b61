import { describe, expect, it } from 'vitest';
import { EXCEPTIONS, needsException, PURE_ROOMS, purityViolations } from './support/purity.js';
import { projectFiles, sourceFile } from './support/sources.js';

const pure = projectFiles('src').filter((file) => PURE_ROOMS.includes(file.room));

describe('the machine', () => {
  it('has no clock, dice, timers, sockets, files or promises', () => {
    expect(pure.length).toBeGreaterThan(80);
    expect(pure.flatMap(purityViolations)).toEqual([]);
  });

  it('keeps no exception that nobody needs any more', () => {
    const needed = pure.filter((file) => needsException(file)).map((file) => file.path);
    expect(Object.keys(EXCEPTIONS).filter((path) => !needed.includes(path))).toEqual([]);
  });

  const bad = [
    'const now = Date.now();',
    'const now = new Date();',
    'const start = performance.now();',
    'if (Math.random() < 0.5) return;',
    'const key = randomBytes(32);',
    'setTimeout(f, 1);',
    'const t = setInterval(f, 1);',
    'setImmediate(f);',
    'if (process.env.DEBUG) f();',
    "const e = process['env'];",
    'console.log(1);',
    'class A extends EventEmitter {}',
    'async function f() {}',
    'const x = await g();',
    'g().then(h);',
    'let p: Promise<void>;',
    "import { readFileSync } from 'node:fs';",
    "import net from 'node:net';",
    "import { createSocket } from 'node:dgram';",
    "import { hostname } from 'node:os';",
    'const r = /[\'"]/; const t = Date.now();',
  ];
  it.each(bad)('would notice: %s', (text) => {
    expect(purityViolations(sourceFile('src/net/x.ts', text)).length).toBeGreaterThanOrEqual(1);
  });

  const good = [
    { name: 'a comment', path: 'src/net/x.ts', text: '// the host calls Date.now()\n/* await */' },
    { name: 'a string', path: 'src/rpc/x.ts', text: "const text = 'async process.env';" },
    { name: 'a template', path: 'src/rpc/x.ts', text: ['const text = `setTimeout $', '{a} await`;'].join('') },
    { name: 'a longer name', path: 'src/net/x.ts', text: 'const lastUpdateDate2 = candidate.asyncless;' },
    { name: 'a hash', path: 'src/crypto/x.ts', text: "import { createHash } from 'node:crypto';" },
    { name: 'a type', path: 'src/net/x.ts', text: "import type { Socket } from 'node:net';" },
    { name: 'a loader', path: 'src/crypto/select.ts', text: 'export async function f() { await g(); }' },
    { name: 'a host', path: 'src/platform/x.ts', text: 'setTimeout(f, Date.now());' },
  ];
  it.each(good)('lets pass: $name', ({ path, text }) => {
    expect(purityViolations(sourceFile(path, text))).toEqual([]);
  });
});
