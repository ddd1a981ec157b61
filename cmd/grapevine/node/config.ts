import { isIP } from 'node:net';
import { join } from 'node:path';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { fromHex, parseHash32 } from '../../../src/base/hex.js';
import type { Result } from '../../../src/base/result.js';
import { netRestrict } from '../../../src/net/peers/net-restrict.js';
import { loadNodeKey, parsePrivateKey } from '../../../src/platform/datadir/node-key.js';
import { loadToken } from '../../../src/platform/http/token.js';
import type { RunConfig } from '../../../src/platform/run-node.js';
import { NAMESPACES, type Namespace } from '../../../src/rpc/service.js';
import { DEFAULT_TX_POOL_CONFIG } from '../../../src/txpool/pool.js';
import type { ChainSpec } from '../../../src/types/chain-spec.js';
import { type Enode, parseEnode } from '../../../src/types/enode.js';
import { CliError } from '../lib/cli-error.js';
import { parseEther } from '../lib/ether.js';
import { ExitCode } from '../lib/exit-code.js';
import { leastFreeBytes } from '../lib/open-datadir.js';
import { clientVersion } from '../lib/version.js';
import type { NodeFlags } from './flags.js';

/** How long a miner that was told of other nodes waits for a first one before it mines alone. */
const MINER_PATIENCE_MS = 10_000;
const MAX_EXTRA_BYTES = 32;

function usage(flag: string, problem: string, fix?: string): CliError {
  return new CliError(ExitCode.usage, `--${flag}: ${problem}`, fix);
}

function enodes(flag: string, urls: readonly string[]): Enode[] {
  return urls.map((url) => {
    const parsed = parseEnode(url);
    if (!parsed.ok)
      throw usage(
        flag,
        `"${url.slice(0, 80)}" is no enode URL: ${parsed.error.message}`,
        'an enode URL is enode://<128 hex digits>@<ip>:<port>',
      );
    if (parsed.value.endpoint === undefined)
      throw usage(flag, `"${url.slice(0, 40)}…" has no address`, 'add @<ip>:<port>');
    return parsed.value;
  });
}

function externalIp(nat: string): string | undefined {
  if (nat === 'any' || nat === 'none') return undefined;
  const ip = nat.startsWith('extip:') ? nat.slice('extip:'.length) : '';
  if (isIP(ip) === 0) throw usage('nat', `"${nat}" is none of any, none and extip:IP`);
  return ip;
}

function namespaces(names: readonly string[]): Namespace[] {
  if (names.includes('all')) return [...NAMESPACES];
  return names.map((name) => {
    const known = NAMESPACES.find((namespace) => namespace === name);
    if (known === undefined)
      throw usage('http.api', `there is no namespace "${name}"`, `choose from ${NAMESPACES.join(', ')}, or all`);
    return known;
  });
}

function privateKey(flags: NodeFlags): Uint8Array {
  const named = flags.nodekeyhex;
  if (named !== undefined) {
    const parsed = parsePrivateKey(named);
    if (!parsed.ok) throw usage('nodekeyhex', parsed.error);
    return parsed.value;
  }
  const loaded: Result<Uint8Array, string> = loadNodeKey(flags.datadir);
  if (!loaded.ok) throw new CliError(ExitCode.config, loaded.error);
  return loaded.value;
}

function token(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const loaded = loadToken(path);
  if (!loaded.ok)
    throw new CliError(ExitCode.config, `${path}: ${loaded.error}`, 'name another file with --http.token-file');
  return loaded.value;
}

function networks(cidrs: readonly string[] | undefined): readonly string[] | undefined {
  const { bad } = netRestrict(cidrs);
  if (bad !== undefined) throw usage('netrestrict', `"${bad}" is no network`, 'a network is written as 10.0.0.0/8');
  return cidrs;
}

function extraData(text: string | undefined): Uint8Array {
  if (text === undefined) return EMPTY_BYTES;
  const hash = parseHash32(text);
  const bytes = hash === undefined ? new TextEncoder().encode(text) : fromHex(hash);
  if (bytes.length > MAX_EXTRA_BYTES)
    throw usage('miner.extradata', `${bytes.length} bytes are more than ${MAX_EXTRA_BYTES}`);
  return bytes;
}

function feeCap(text: string): bigint {
  const wei = parseEther(text);
  if (wei === undefined) throw usage('rpc.txfeecap', `"${text}" is no amount of ether`);
  return wei;
}

/** What the flags ask for. Every contradiction or malformed value is a usage error that names the flag. */
export function runConfig(flags: NodeFlags, spec: ChainSpec): RunConfig {
  const bootnodes = enodes('bootnodes', flags.bootnodes);
  const staticPeers = enodes('staticpeers', flags.staticpeers);
  if (isIP(flags.addr) === 0) throw usage('addr', `"${flags.addr}" is no ip address`);
  if (flags.mine && flags['miner.etherbase'] === undefined) {
    throw usage('mine', 'nobody to get the rewards', 'name an account with --miner.etherbase 0x...');
  }
  if (flags['http.tokenFile'] !== undefined && !flags.http && !flags.ws) {
    throw usage('http.token-file', 'there is nothing to ask a token for', 'add --http or --ws');
  }
  const name = clientVersion(flags.identity);
  return {
    privateKey: privateKey(flags),
    clientVersion: name,
    minerThreads: flags['miner.threads'],
    maxHashrate: flags['miner.maxhashrate'],
    recoverThreads: 1,
    feeCapWei: feeCap(flags['rpc.txfeecap']),
    leastFreeBytes: leastFreeBytes(),
    metrics: flags.metrics ? { ip: flags['metrics.addr'], port: flags['metrics.port'] } : undefined,
    rpc: {
      ipcPath: flags.ipcdisable ? undefined : (flags.ipcpath ?? join(flags.datadir, 'grapevine.ipc')),
      http:
        flags.http || flags.ws
          ? {
              host: flags['http.addr'],
              port: flags['http.port'],
              webSockets: flags.ws,
              vhosts: flags['http.vhosts'],
              corsDomains: flags['http.corsdomain'],
              namespaces: namespaces(flags['http.api']),
              token: token(flags['http.tokenFile']),
            }
          : undefined,
    },
    node: {
      networkId: flags.networkid ?? spec.networkId,
      swarm: {
        clientName: name,
        listen: { ip: flags.addr, port: flags.port },
        udpPort: flags['discovery.port'] ?? flags.port,
        externalIp: externalIp(flags.nat),
        maxPeers: flags.maxpeers,
        noDiscovery: flags.nodiscover,
        bootnodes,
        staticPeers,
        trustedPeers: enodes('trustedpeers', flags.trustedpeers),
        netRestrict: networks(flags.netrestrict),
        loopbackRoutable: false,
      },
      pool: {
        ...DEFAULT_TX_POOL_CONFIG,
        priceLimit: flags['txpool.pricelimit'],
        accountSlots: flags['txpool.accountslots'],
        accountMaxSlots: Math.max(DEFAULT_TX_POOL_CONFIG.accountMaxSlots, flags['txpool.accountslots']),
        globalSlots: flags['txpool.globalslots'],
        accountQueue: flags['txpool.accountqueue'],
        globalQueue: flags['txpool.globalqueue'],
      },
      miner: {
        enabled: flags.mine,
        etherbase: flags['miner.etherbase'],
        extraData: extraData(flags['miner.extradata']),
        gasTarget: flags['miner.gaslimit'],
        patienceMs: bootnodes.length + staticPeers.length > 0 ? MINER_PATIENCE_MS : 0,
      },
    },
  };
}
