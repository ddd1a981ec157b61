import { type Benchmark, type BenchOptions, type Figure, median } from './benchmark.js';
import { httpLoad, type LoadResult } from './support/http-load.js';
import { withFolder } from './support/scratch.js';
import { BIG_POOL, type Server, startAnvil, startGrapevine } from './support/server.js';
import { genesisFile, rawTransfers } from './support/world.js';

const ACCOUNTS = 1_000;
/** Sent first and not measured: what counts is a server that has been up for a while, for the rival as for us. */
const WARM_TRANSFERS = 20_000;

interface Shape {
  readonly figure: string;
  readonly transfers: number;
  readonly connections: number;
  readonly batch: number;
  readonly bar?: number;
}

const SINGLE: Shape = { figure: 'accepted, single calls', transfers: 20_000, connections: 16, batch: 1 };
const BATCHED: Shape = {
  figure: 'accepted, batches of 100',
  transfers: 30_000,
  connections: 4,
  batch: 100,
  bar: 10_000,
};

function bodiesOf({ transfers, batch }: Shape): string[] {
  const calls = rawTransfers(ACCOUNTS, WARM_TRANSFERS + transfers).map((raw, id) =>
    JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] }),
  );
  if (batch === 1) return calls;
  return Array.from(
    { length: Math.ceil(calls.length / batch) },
    (_, n) => `[${calls.slice(n * batch, (n + 1) * batch).join(',')}]`,
  );
}

/** Loads a fresh server with all of `bodies` once, in two parts of which the second counts; every one has to be accepted. */
async function accepted(server: Server, shape: Shape, bodies: readonly string[], folder: string): Promise<LoadResult> {
  const warm = WARM_TRANSFERS / shape.batch;
  await httpLoad(server, folder, shape.connections, bodies.slice(0, warm));
  const load = await httpLoad(server, folder, shape.connections, bodies.slice(warm));
  await server.stop();
  if (load.results !== shape.transfers)
    throw new Error(`${load.results} of ${shape.transfers} transfers accepted: ${load.firstError}`);
  return load;
}

async function measure(shape: Shape, options: BenchOptions): Promise<Figure> {
  const { transfers, connections, batch } = shape;
  options.note(
    `${transfers} signed transfers from ${ACCOUNTS} accounts, ${batch} a request, ${connections} connections, after ${WARM_TRANSFERS} of warming up; no mining; ${options.rounds} rounds, each with fresh processes`,
  );
  const genesis = genesisFile(ACCOUNTS);
  const bodies = bodiesOf(shape);
  const ours: LoadResult[] = [];
  const theirs: LoadResult[] = [];
  await withFolder(async (folder) => {
    for (let round = 0; round < options.rounds; round++) {
      ours.push(await accepted(await startGrapevine({ folder, genesis, flags: BIG_POOL }), shape, bodies, folder));
      const anvil = await startAnvil(genesis);
      if (anvil !== undefined) theirs.push(await accepted(anvil, shape, bodies, folder));
    }
  });
  const rate = (loads: readonly LoadResult[]): number => median(loads.map((load) => transfers / load.seconds));
  const cpu = (loads: readonly LoadResult[]): number =>
    median(loads.map((load) => (load.serverCpuSeconds * 1e6) / transfers));
  // Single calls are measured by anvil alone.
  const bar = shape.bar ?? (theirs.length > 0 ? rate(theirs) : undefined);
  return {
    name: shape.figure,
    value: rate(ours),
    unit: 'tx/s',
    cpuMicros: cpu(ours),
    ...(bar === undefined ? {} : { bar: { value: bar } }),
    ...(theirs.length === 0 ? {} : { rival: { name: 'anvil', value: rate(theirs) }, rivalCpuMicros: cpu(theirs) }),
  };
}

/** Transactions accepted over HTTP, one a request. */
export const submitBenchmark: Benchmark = {
  name: 'submit',
  summary: 'eth_sendRawTransaction over 16 keep-alive connections',
  run: async (options) => [await measure(SINGLE, options)],
};

/** Transactions accepted over HTTP in batches. */
export const submitBatchBenchmark: Benchmark = {
  name: 'submit-batch',
  summary: 'the same in batches of 100 over 4 connections',
  run: async (options) => [await measure(BATCHED, options)],
};
