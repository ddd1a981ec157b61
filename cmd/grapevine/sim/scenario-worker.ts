import { parentPort, workerData } from 'node:worker_threads';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { ScenarioOptions } from '../../../src/sim/scenario.js';
import { scenarioNamed } from '../../../src/sim/scenarios/all.js';
import type { MeasuredRun } from './run-scenario.js';

/** The thread of one run: measures and posts it back. */
const { name, options } = workerData as { readonly name: string; readonly options: ScenarioOptions };
await selectCrypto();
const startedAtMs = performance.now();
const result = scenarioNamed(name)?.run(options);
const wallS = (performance.now() - startedAtMs) / 1000;
const measured: MeasuredRun | undefined = result && {
  result,
  speed: {
    wallS,
    cpuS: process.cpuUsage().user / 1e6,
    nodeSecondsPerS: result.nodeSeconds / wallS,
    eventsPerS: result.events / wallS,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  },
};
parentPort?.postMessage(measured);
