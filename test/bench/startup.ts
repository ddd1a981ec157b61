import { setTimeout as delay } from 'node:timers/promises';
import { type Benchmark, type Figure, median } from './benchmark.js';
import { cpuSeconds, residentBytes } from './support/process-stats.js';
import { withFolder } from './support/scratch.js';
import { startGrapevine } from './support/server.js';
import { genesisFile } from './support/world.js';

/** Memory is read when the start is over and the first collections have run. */
const IDLE_MS = 5_000;

interface Start {
  readonly readyMs: number;
  readonly cpuMs: number;
  readonly idleBytes: number;
}

/** From nothing to the first answer, and what a node holds that nobody talks to. */
export const startupBenchmark: Benchmark = {
  name: 'startup',
  summary: 'process start to first RPC answer, and memory when idle',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `a node with HTTP on a new data directory, ${options.rounds} rounds; memory after ${IDLE_MS / 1000} s`,
      );
      const genesis = genesisFile(10);
      const starts: Start[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const server = await startGrapevine({ folder, genesis });
        const cpuMs = cpuSeconds(server.pid) * 1000;
        await delay(IDLE_MS);
        starts.push({ readyMs: server.readyMs, cpuMs, idleBytes: residentBytes(server.pid) });
        await server.stop();
      }
      const ready: Figure = {
        name: 'first RPC answer',
        value: median(starts.map((start) => start.readyMs)),
        unit: 'ms',
        bar: { value: 800, isMost: true },
      };
      const cpu: Figure = { name: 'CPU until then', value: median(starts.map((start) => start.cpuMs)), unit: 'ms' };
      const memory: Figure = {
        name: 'idle memory',
        value: median(starts.map((start) => start.idleBytes)) / 1e6,
        unit: 'MB',
        bar: { value: 150, isMost: true },
      };
      return [ready, cpu, memory];
    }),
};
