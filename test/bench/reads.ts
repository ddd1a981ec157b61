import { addressOfPrivateKey } from '../../src/crypto/address.js';
import { type Benchmark, type BenchOptions, type Figure, median } from './benchmark.js';
import { httpLoad, type LoadResult } from './support/http-load.js';
import { withFolder } from './support/scratch.js';
import { BIG_POOL, type Server, startAnvil, startEcho, startGrapevine } from './support/server.js';
import { genesisFile, keyOf } from './support/world.js';

const ACCOUNTS = 1_000;
const CONNECTIONS = 16;
/** A server that has been up for a minute: after 10,000 calls the engine still compiles, and each costs a quarter more. */
const WARM_CALLS = 60_000;
const CALLS = 40_000;
const BAR = 20_000;

const call = (method: string, params: readonly unknown[], id = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

/** `bodies` over and over, `count` of them. */
const cycle = (bodies: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, n) => bodies[n % bodies.length] ?? '');

function requests(): ReadonlyMap<string, readonly string[]> {
  const balances = Array.from({ length: ACCOUNTS }, (_, n) =>
    call('eth_getBalance', [addressOfPrivateKey(keyOf(n)), 'latest'], n),
  );
  return new Map([
    ['eth_blockNumber', [call('eth_blockNumber', [])]],
    ['eth_getBalance', balances],
    ['eth_getBlockByNumber', [call('eth_getBlockByNumber', ['latest', false])]],
  ]);
}

async function measure(
  servers: readonly Server[],
  method: string,
  bodies: readonly string[],
  folder: string,
  { rounds }: BenchOptions,
): Promise<Figure> {
  const loads: LoadResult[][] = servers.map(() => []);
  for (const server of servers) await httpLoad(server, folder, CONNECTIONS, cycle(bodies, WARM_CALLS));
  for (let round = 0; round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const load = await httpLoad(server, folder, CONNECTIONS, cycle(bodies, CALLS));
      if (load.results !== load.requests) throw new Error(`${method} failed: ${load.firstError}`);
      loads[index]?.push(load);
    }
  }
  const [ours = [], theirs = []] = loads;
  const rate = (list: readonly LoadResult[]): number => median(list.map((load) => load.requests / load.seconds));
  const cpu = (list: readonly LoadResult[]): number =>
    median(list.map((load) => (load.serverCpuSeconds * 1e6) / load.requests));
  return {
    name: method,
    value: rate(ours),
    unit: 'calls/s',
    bar: { value: BAR },
    cpuMicros: cpu(ours),
    ...(theirs.length === 0 ? {} : { rival: { name: 'anvil', value: rate(theirs) }, rivalCpuMicros: cpu(theirs) }),
  };
}

/** What node:http alone does: at least half of it is left after parsing, looking up and writing the answer. */
async function ceiling(folder: string, { rounds }: BenchOptions): Promise<Figure> {
  const echo = await startEcho();
  const loads: LoadResult[] = [];
  const bodies = [call('eth_blockNumber', [])];
  await httpLoad(echo, folder, CONNECTIONS, cycle(bodies, WARM_CALLS));
  for (let round = 0; round < rounds; round++)
    loads.push(await httpLoad(echo, folder, CONNECTIONS, cycle(bodies, CALLS)));
  await echo.stop();
  return {
    name: 'bare node:http',
    value: median(loads.map((load) => load.requests / load.seconds)),
    unit: 'calls/s',
    cpuMicros: median(loads.map((load) => (load.serverCpuSeconds * 1e6) / load.requests)),
  };
}

/** The reads that wallets and explorers send most. */
export const readsBenchmark: Benchmark = {
  name: 'reads',
  summary: 'eth_blockNumber, eth_getBalance, eth_getBlockByNumber over 16 connections',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `${CALLS} calls over ${CONNECTIONS} connections, ${options.rounds} rounds after ${WARM_CALLS} calls of warming up; ${ACCOUNTS} accounts, no mining`,
      );
      const genesis = genesisFile(ACCOUNTS);
      const anvil = await startAnvil(genesis);
      const servers = [
        await startGrapevine({ folder, genesis, flags: BIG_POOL }),
        ...(anvil === undefined ? [] : [anvil]),
      ];
      const figures: Figure[] = [];
      try {
        figures.push(await ceiling(folder, options));
        for (const [method, bodies] of requests())
          figures.push(await measure(servers, method, bodies, folder, options));
      } finally {
        for (const server of servers) await server.stop();
      }
      return figures;
    }),
};
