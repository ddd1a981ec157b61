import { type Benchmark, median } from './benchmark.js';
import { httpLoad, type LoadResult } from './support/http-load.js';
import { withFolder } from './support/scratch.js';
import { BIG_POOL, startGrapevine } from './support/server.js';
import { genesisFile, rawTransfers } from './support/world.js';

const ACCOUNTS = 1_000;
const TRANSFERS = 20_000;
const BATCH = 100;
const CALLS = 300;

/** How long one client waits while others load the node. */
export const bystanderBenchmark: Benchmark = {
  name: 'bystander',
  summary: 'a small call while 4 connections send batches of 100 transactions',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `${TRANSFERS} transfers, and meanwhile eth_blockNumber ${CALLS} times one after the other; ${options.rounds} rounds`,
      );
      const genesis = genesisFile(ACCOUNTS);
      const calls = rawTransfers(ACCOUNTS, TRANSFERS).map((raw, id) =>
        JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] }),
      );
      const batches = Array.from(
        { length: TRANSFERS / BATCH },
        (_, n) => `[${calls.slice(n * BATCH, (n + 1) * BATCH).join(',')}]`,
      );
      const small = Array.from({ length: CALLS }, () => '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}');
      const waits: LoadResult[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const server = await startGrapevine({ folder, genesis, flags: BIG_POOL });
        const loading = httpLoad(server, folder, 4, batches);
        waits.push(await httpLoad(server, folder, 1, small));
        await loading;
        await server.stop();
      }
      return [
        { name: 'median wait', value: median(waits.map((wait) => wait.p50Ms)), unit: 'ms' },
        {
          name: 'p99 wait',
          value: median(waits.map((wait) => wait.p99Ms)),
          unit: 'ms',
          bar: { value: 50, isMost: true },
        },
      ];
    }),
};
