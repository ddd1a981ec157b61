import { complaint, type SourceFile } from './sources.js';

/** The rooms of the synchronous machine. */
export const PURE_ROOMS: readonly string[] = [
  ...['base', 'ports', 'crypto', 'codec', 'types', 'trie', 'store', 'consensus', 'state', 'chain', 'txpool', 'miner'],
  ...['wire', 'net', 'rpc', 'node'],
];

/** The only modules of Node that compute without touching the world. */
const PURE_MODULES = ['node:crypto', 'node:zlib'];

/** Files that may do what the machine may not, and why. */
export const EXCEPTIONS: Readonly<Record<string, { readonly may: 'wait' | 'load modules'; readonly why: string }>> = {
  'src/crypto/keccak.ts': { may: 'wait', why: 'WebAssembly compiles asynchronously, once, before the machine starts' },
  'src/crypto/select.ts': { may: 'wait', why: 'the same' },
  'src/crypto/secp256k1/wasm.ts': { may: 'wait', why: 'the same' },
  'src/crypto/secp256k1/native.ts': { may: 'load modules', why: "a native addon is found by Node's own loader" },
  'src/rpc/library.ts': { may: 'wait', why: 'json-rpc-2.0 answers with promises; what it calls is synchronous' },
  'src/rpc/dispatcher.ts': { may: 'wait', why: 'the same' },
};

const AMBIENT: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'the clock (time is an argument)', pattern: /\bDate\b|\bperformance\s*\.|\bhrtime\b/g },
  {
    what: 'ambient randomness (take a Random)',
    pattern: /\bMath\s*\.\s*random\b|\b(?:randomBytes|randomFillSync|randomInt|randomUUID|getRandomValues)\b/g,
  },
  { what: 'a timer (deadlines are data)', pattern: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/g },
  { what: 'the process', pattern: /\bprocess\s*[.[]|\bconsole\s*\./g },
  { what: 'an event emitter', pattern: /\bEventEmitter\b|\bEventTarget\b/g },
  { what: 'the network', pattern: /\bfetch\s*\(/g },
];

const ASYNC = /\bawait\b|\basync\b|\bPromise\b|\.\s*then\s*\(/g;

/** What `file`, if it belongs to the synchronous machine, uses of the world outside its arguments. */
export function purityViolations(file: SourceFile): string[] {
  return PURE_ROOMS.includes(file.room) ? impurities(file, EXCEPTIONS[file.path]?.may) : [];
}

/** True if `file` would break the rules were it not for its place among the {@link EXCEPTIONS}. */
export function needsException(file: SourceFile): boolean {
  return impurities(file, undefined).length > 0;
}

function impurities(file: SourceFile, may: 'wait' | 'load modules' | undefined): string[] {
  const found = AMBIENT.flatMap(({ what, pattern }) => matches(file, pattern, what));
  if (may !== 'wait') found.push(...matches(file, ASYNC, 'asynchrony (start a job)'));
  for (const { specifier, typeOnly } of file.imports) {
    if (!specifier.startsWith('node:') || typeOnly || PURE_MODULES.includes(specifier)) continue;
    if (specifier !== 'node:module' || may !== 'load modules') found.push(`${file.path}: imports ${specifier}`);
  }
  return found;
}

function matches(file: SourceFile, pattern: RegExp, what: string): string[] {
  return [...file.bare.matchAll(pattern)].map((match) => complaint(file, match.index, `${match[0]}: ${what}`));
}
