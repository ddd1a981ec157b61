import type { SourceFile } from './sources.js';

/** Which rooms may import a package. One that is not listed is a new dependency: it wants a decision note first. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@bitauth/libauth': ['crypto'],
  '@noble/hashes': ['crypto'],
  '@noble/secp256k1': ['crypto'],
  '@scure/bip32': ['crypto'],
  '@scure/bip39': ['crypto'],
  'hash-wasm': ['crypto'],
  secp256k1: ['crypto'],
  rlp: ['codec'],
  snappyjs: ['codec'],
  'json-rpc-2.0': ['rpc'],
  'classic-level': ['platform'],
  'prom-client': ['platform'],
  ws: ['platform', 'cmd'],
  picocolors: ['platform', 'cmd'],
  commander: ['cmd'],
};

/** Imports of packages that the room of `file` may not use. Node's own modules are the purity check's business. */
export function packageViolations(file: SourceFile): string[] {
  return file.imports.flatMap(({ specifier }) => {
    if (specifier.startsWith('.') || specifier.startsWith('node:')) return [];
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    return PACKAGES[name]?.includes(file.room) ? [] : [`${file.path}: ${file.room} imports the package ${name}`];
  });
}
