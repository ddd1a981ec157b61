import { resolveImport, type SourceFile } from './sources.js';

const FOUNDATION = ['base', 'ports', 'crypto', 'codec', 'types'];
const CHAIN_WING = [...FOUNDATION, 'trie', 'store', 'consensus', 'state', 'chain', 'txpool', 'miner'];
const ALL_BUT_HOSTS = [...CHAIN_WING, 'wire', 'net', 'rpc', 'node'];

/** The rooms left of a room in the chain wing's line. */
const before = (room: string): string[] => CHAIN_WING.slice(0, CHAIN_WING.indexOf(room));

/** What each room may import besides itself (docs/architecture.md, Layers). A room that is not listed may not exist. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  ports: ['base'],
  crypto: ['base', 'ports'],
  codec: ['base', 'ports'],
  types: before('types'),
  trie: before('trie'),
  store: before('store'),
  consensus: before('consensus'),
  state: before('state'),
  chain: before('chain'),
  txpool: before('txpool'),
  miner: before('miner'),
  wire: FOUNDATION,
  net: [...FOUNDATION, 'wire'],
  rpc: [...FOUNDATION, 'wire'],
  node: [...CHAIN_WING, 'wire', 'net', 'rpc'],
  platform: ALL_BUT_HOSTS,
  sim: ALL_BUT_HOSTS,
  cmd: [...ALL_BUT_HOSTS, 'platform', 'sim'],
};

/** Imports of `file` that its room may not make. */
export function layerViolations(file: SourceFile): string[] {
  const allowed = LAYERS[file.room];
  if (allowed === undefined) return [`${file.path}: the room ${file.room} has no place in the layers`];
  return file.imports.flatMap(({ specifier }) => {
    const target = resolveImport(file, specifier);
    if (target === undefined) return [];
    const [top = '', second = ''] = target.split('/');
    const room = top === 'src' ? second : top;
    return room === file.room || allowed.includes(room) ? [] : [`${file.path}: ${file.room} imports ${target}`];
  });
}

/** Shapes that the network's rooms share; they hold types and are imported as such. */
const SHARED_SHAPES = ['src/net/eth/peer-control.ts', 'src/net/defense/fault.ts'];

const SWARM = /^src\/net\/swarm(?:-[a-z-]+)?\.ts$/;

/** `src/net/<sub-room>/...`; undefined for files of `net` itself and of other rooms. */
const subRoom = (path: string): string | undefined => /^src\/net\/(?<name>[^/]+)\//.exec(path)?.groups?.name;

/**
 * Imports between the rooms inside `net`. `net/defense` imports none of the others, the others none but `net/defense`;
 * only the swarm (`net/swarm.ts`, `net/swarm-*.ts`) joins them. The shared shapes may be imported by all, as types.
 */
export function subRoomViolations(file: SourceFile): string[] {
  if (file.room !== 'net' || SWARM.test(file.path)) return [];
  const own = subRoom(file.path);
  return file.imports.flatMap(({ specifier, typeOnly }) => {
    const target = resolveImport(file, specifier) ?? '';
    const other = subRoom(target);
    if (other === undefined || other === own) return [];
    if (typeOnly && SHARED_SHAPES.includes(target)) return [];
    return other === 'defense' && own !== undefined ? [] : [`${file.path}: net/${own ?? ''} imports ${target}`];
  });
}
