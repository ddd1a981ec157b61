import { describe, expect, it } from 'vitest';
import { LAYERS, layerViolations, subRoomViolations } from './support/layers.js';
import { projectFiles, resolveImport, sourceFile } from './support/sources.js';

const files = projectFiles('src', 'cmd');
const KNOWN_PACKAGE = /^(?:node:|@?[a-z])/;

describe('the layers', () => {
  it('hold in every source file', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(layerViolations)).toEqual([]);
  });

  it('have no cycle and list every room once', () => {
    const seen = new Set<string>();
    for (const [room, allowed] of Object.entries(LAYERS)) {
      for (const other of allowed) expect(LAYERS[other], `${room} may import ${other}`).not.toContain(room);
      expect(allowed).not.toContain(room);
      seen.add(room);
    }
    expect([...new Set(files.map((file) => file.room))].filter((room) => !seen.has(room))).toEqual([]);
  });

  const bad = [
    { name: 'base imports types', path: 'src/base/x.ts', text: "import { Block } from '../types/block.js';" },
    { name: 'crypto imports codec', path: 'src/crypto/x.ts', text: "import { f } from '../codec/rlp.js';" },
    { name: 'net imports chain, as a type', path: 'src/net/x.ts', text: "import type { C } from '../chain/chain.js';" },
    { name: 'rpc imports txpool', path: 'src/rpc/x.ts', text: "export { pool } from '../txpool/pool.js';" },
    {
      name: 'consensus imports state',
      path: 'src/consensus/x.ts',
      text: "const s = await import('../state/view.js');",
    },
    { name: 'sim imports platform', path: 'src/sim/x.ts', text: "import '../platform/host.js';" },
    { name: 'platform imports sim', path: 'src/platform/x.ts', text: "import { a } from '../sim/host.js';" },
    { name: 'a source imports a test', path: 'src/node/x.ts', text: "import { a } from '../../test/support/a.js';" },
    { name: 'a command imports a test', path: 'cmd/grapevine/x.ts', text: "import { a } from '../../test/a.js';" },
    { name: 'several lines', path: 'src/trie/x.ts', text: "import {\n  a,\n  b,\n} from\n  '../store/kv.js';" },
    { name: 'an unknown room', path: 'src/helpers/x.ts', text: '' },
  ];
  it.each(bad)('would notice: $name', ({ path, text }) => {
    expect(layerViolations(sourceFile(path, text))).toHaveLength(1);
  });

  const good = [
    { name: 'a room imports itself', path: 'src/net/eth/x.ts', text: "import { a } from '../io.js';" },
    { name: 'chain imports state', path: 'src/chain/x.ts', text: "import { a } from '../state/view.js';" },
    { name: 'a comment', path: 'src/base/x.ts', text: "// import { a } from '../node/node.js';" },
    { name: 'a string', path: 'src/base/x.ts', text: 'const s = "import { a } from \'../node/node.js\'";' },
    { name: 'a package', path: 'src/codec/x.ts', text: "import rlp from 'rlp';" },
  ];
  it.each(good)('let pass: $name', ({ path, text }) => {
    expect(layerViolations(sourceFile(path, text))).toEqual([]);
  });
});

describe('the rooms of net', () => {
  it('are strangers but for the swarm', () => {
    expect(files.filter((file) => file.room === 'net').length).toBeGreaterThan(10);
    expect(files.flatMap(subRoomViolations)).toEqual([]);
  });

  const shape = "import type { Fault } from '../defense/fault.js';";
  const samples = [
    { name: 'defense imports peers', path: 'src/net/defense/x.ts', text: "import { a } from '../peers/a.js';", bad: 1 },
    { name: 'eth imports peers', path: 'src/net/eth/x.ts', text: "import { a } from '../peers/a.js';", bad: 1 },
    {
      name: 'eth imports peers as a type',
      path: 'src/net/eth/x.ts',
      text: "import type { A } from '../peers/a.js';",
      bad: 1,
    },
    { name: 'io imports peers', path: 'src/net/io.ts', text: "import { a } from './peers/a.js';", bad: 1 },
    { name: 'peers imports defense', path: 'src/net/peers/x.ts', text: "import { a } from '../defense/a.js';", bad: 0 },
    { name: 'eth imports a fault', path: 'src/net/eth/x.ts', text: shape, bad: 0 },
    { name: 'the swarm imports all', path: 'src/net/swarm.ts', text: "import { a } from './eth/service.js';", bad: 0 },
  ];
  it.each(samples)('$name: $bad', ({ path, text, bad }) => {
    expect(subRoomViolations(sourceFile(path, text))).toHaveLength(bad);
  });
});

describe('imports', () => {
  it('are all found: each names a file that exists or a package', () => {
    const paths = new Set([...files.map((file) => file.path)]);
    const lost = files.flatMap((file) =>
      file.imports.flatMap(({ specifier }) => {
        const target = resolveImport(file, specifier);
        const known =
          target === undefined ? KNOWN_PACKAGE.test(specifier) : paths.has(target) || target.endsWith('.json');
        return known ? [] : [`${file.path}: ${specifier}`];
      }),
    );
    expect(lost).toEqual([]);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(files.length);
  });

  it('are told from types', () => {
    const text = [
      "import type { A } from 'a';",
      "import { type B, type C } from 'b';",
      "import { type D, e } from 'c';",
      "type F = typeof import('d');",
      "import g, { type H } from 'e';",
      "export type { I } from 'f';",
    ].join('\n');
    const types = sourceFile('src/base/x.ts', text).imports.filter(({ typeOnly }) => typeOnly);
    expect(types.map(({ specifier }) => specifier).sort()).toEqual(['a', 'b', 'd', 'f']);
  });
});
