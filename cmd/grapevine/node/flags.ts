import { type Command, Option } from 'commander';
import type { Address } from '../../../src/base/brand.js';
import { defaultDatadir } from '../lib/datadir.js';
import { address, bigInteger, integerIn, list, port } from '../lib/option-values.js';

/** The flags of `grapevine node` after parsing, named as they are typed. */
export interface NodeFlags {
  readonly datadir: string;
  readonly genesis?: string;
  readonly networkid?: bigint;
  readonly identity?: string;
  readonly fakepow: boolean;
  readonly addr: string;
  readonly port: number;
  readonly 'discovery.port'?: number;
  readonly bootnodes: readonly string[];
  readonly staticpeers: readonly string[];
  readonly trustedpeers: readonly string[];
  readonly nodiscover: boolean;
  readonly maxpeers: number;
  readonly nat: string;
  readonly netrestrict?: readonly string[];
  readonly nodekeyhex?: string;
  readonly http: boolean;
  readonly 'http.addr': string;
  readonly 'http.port': number;
  readonly 'http.api': readonly string[];
  readonly 'http.corsdomain': readonly string[];
  readonly 'http.vhosts': readonly string[];
  readonly 'http.tokenFile'?: string;
  readonly ws: boolean;
  readonly ipcpath?: string;
  readonly ipcdisable: boolean;
  readonly 'rpc.txfeecap': string;
  readonly mine: boolean;
  readonly 'miner.threads': number;
  readonly 'miner.etherbase'?: Address;
  readonly 'miner.maxhashrate'?: number;
  readonly 'miner.gaslimit': bigint;
  readonly 'miner.extradata'?: string;
  readonly 'txpool.pricelimit': bigint;
  readonly 'txpool.accountslots': number;
  readonly 'txpool.globalslots': number;
  readonly 'txpool.accountqueue': number;
  readonly 'txpool.globalqueue': number;
  readonly 'log.level': string;
  readonly 'log.format'?: 'pretty' | 'logfmt' | 'json';
  readonly metrics: boolean;
  readonly 'metrics.addr': string;
  readonly 'metrics.port': number;
  readonly crypto: 'native' | 'wasm' | 'noble';
}

const group = (command: Command, heading: string, options: readonly Option[]): void => {
  for (const option of options) command.addOption(option.helpGroup(heading));
};

const option = (flags: string, description: string): Option => new Option(flags, description);

/** Adds every flag of the node, in geth's groups and with geth's names where the meaning is the same. */
export function addNodeFlags(command: Command): void {
  group(command, 'CHAIN', [
    option('--datadir <dir>', 'where chain, keys and peers are kept').default(defaultDatadir(), '~/.grapevine'),
    option('--genesis <file>', 'genesis file; needed at the first start only (see "grapevine init")'),
    option('--networkid <n>', 'network id for peers (default: the chain id)').argParser(bigInteger),
    option('--identity <name>', 'a name for this node, shown to its peers'),
    option('--fakepow', 'accept any seal; for tests, refused for the public networks in genesis/').default(false),
  ]);
  group(command, 'NETWORKING', [
    option('--addr <ip>', 'address to listen on for peers').default('0.0.0.0'),
    option('--port <n>', 'TCP port for peers').argParser(port).default(30303),
    option('--discovery.port <n>', 'UDP port for discovery (default: --port)').argParser(port),
    option('--bootnodes <enodes>', 'comma-separated nodes to start discovery from; "" for none')
      .argParser(list)
      .default([], 'none'),
    option('--staticpeers <enodes>', 'comma-separated nodes to stay connected to').argParser(list).default([], 'none'),
    option('--trustedpeers <enodes>', 'comma-separated nodes that may always connect')
      .argParser(list)
      .default([], 'none'),
    option('--nodiscover', 'no discovery: only static and trusted peers, and who dials us').default(false),
    option('--maxpeers <n>', 'peers at most').argParser(integerIn(0, 1000)).default(50),
    option('--nat <how>', 'the address that others are told: any, none or extip:IP').default('any'),
    option('--netrestrict <cidrs>', 'comma-separated networks; others are neither dialed nor let in').argParser(list),
    option('--nodekeyhex <hex>', 'private key of this node (default: the file nodekey in the datadir)'),
  ]);
  group(command, 'API', [
    option('--http', 'serve JSON-RPC over HTTP').default(false),
    option('--http.addr <ip>', 'address for HTTP').default('127.0.0.1'),
    option('--http.port <n>', 'port for HTTP').argParser(port).default(8545),
    option('--http.api <namespaces>', 'comma-separated namespaces, or "all"')
      .argParser(list)
      .default(['eth', 'net', 'web3', 'txpool'], 'eth,net,web3,txpool'),
    option('--http.corsdomain <origins>', 'comma-separated origins whose pages may call, or "*"')
      .argParser(list)
      .default([], 'none'),
    option('--http.vhosts <hosts>', 'comma-separated host names that requests may name, or "*"')
      .argParser(list)
      .default(['localhost'], 'localhost'),
    option(
      '--http.token-file <path>',
      'ask for the bearer token in this file (made if it is not there) before any namespace but eth, net, web3 and txpool',
    ),
    option('--ws', 'serve WebSocket on the HTTP port too').default(false),
    option('--ipcpath <path>', 'path of the IPC socket (default: grapevine.ipc in the datadir)'),
    option('--ipcdisable', 'no IPC socket').default(false),
    option('--rpc.txfeecap <ether>', 'largest fee of a transaction sent over RPC; 0 for no limit').default('1'),
  ]);
  group(command, 'MINER', [
    option('--mine', 'mine').default(false),
    option('--miner.threads <n>', 'threads that search').argParser(integerIn(1, 256)).default(1),
    option('--miner.etherbase <address>', 'who gets the block rewards').argParser(address),
    option(
      '--miner.maxhashrate <n>',
      'hashes a second at most, all threads together; a start uses 8 s of it at once',
    ).argParser(integerIn(1, 2 ** 40)),
    option('--miner.gaslimit <gas>', 'gas limit that mined blocks move towards')
      .argParser(bigInteger)
      .default(30_000_000n, '30000000'),
    option('--miner.extradata <text>', 'up to 32 bytes put into mined blocks'),
  ]);
  group(command, 'TRANSACTION POOL', [
    option('--txpool.pricelimit <wei>', 'least tip for a transaction from a peer')
      .argParser(bigInteger)
      .default(1n, '1'),
    option('--txpool.accountslots <n>', 'executable transactions that an account holds for sure')
      .argParser(integerIn(1, 10_000))
      .default(16),
    option('--txpool.globalslots <n>', 'executable transactions of all accounts')
      .argParser(integerIn(1, 10_000_000))
      .default(5120),
    option('--txpool.accountqueue <n>', 'transactions of an account behind a nonce gap')
      .argParser(integerIn(1, 10_000))
      .default(64),
    option('--txpool.globalqueue <n>', 'transactions of all accounts behind a nonce gap')
      .argParser(integerIn(1, 10_000_000))
      .default(1024),
  ]);
  group(command, 'LOGGING AND METRICS', [
    option('--log.level <filter>', 'trace, debug, info, warn or error; or by topic: net=debug,*=info').default('info'),
    option('--log.format <format>', 'pretty, logfmt or json (default: pretty)').choices(['pretty', 'logfmt', 'json']),
    option('--metrics', 'serve Prometheus metrics').default(false),
    option('--metrics.addr <ip>', 'address for metrics').default('127.0.0.1'),
    option('--metrics.port <n>', 'port for metrics').argParser(port).default(6060),
    option('--crypto <backend>', 'secp256k1 to prefer').choices(['native', 'wasm', 'noble']).default('native'),
  ]);
}
