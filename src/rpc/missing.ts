import { namespaceOf } from './discovery.js';

const EXECUTION = 'this chain has no contracts: what an EVM would answer is not to be had';
const CHEATS = 'not possible on a proof-of-work network; for funds see `grapevine devnet fund`';
const KEYS = 'the node holds no keys: sign in a wallet and call eth_sendRawTransaction';
const POW = 'this chain is sealed by proof of work and has no consensus client';

/** What to say about methods that other nodes have and this one has not, by how their names begin. */
const HINTS: readonly (readonly [prefix: string, hint: string])[] = [
  ['eth_sendTransaction', KEYS],
  ['eth_sign', KEYS],
  ['personal_', KEYS],
  ['eth_blobBaseFee', 'this chain has no blobs'],
  ['eth_createAccessList', EXECUTION],
  ['eth_simulate', EXECUTION],
  ['debug_trace', EXECUTION],
  ['trace_', EXECUTION],
  ['engine_', POW],
  ['anvil_', CHEATS],
  ['hardhat_', CHEATS],
  ['evm_', CHEATS],
];

/** The next step for one who called a method that this transport does not offer; `known` are those of all transports. */
export function missingHint(method: string, known: ReadonlySet<string>): string {
  if (known.has(method))
    return `the ${namespaceOf(method)} namespace is off here: send the token if the node has one, start it with --http.api ...,${namespaceOf(method)}, or use the IPC socket`;
  return HINTS.find(([prefix]) => method.startsWith(prefix))?.[1] ?? 'rpc_discover lists the methods of this node';
}
