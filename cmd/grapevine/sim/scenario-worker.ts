import { parentPort, workerData } from 'node:worker_threads';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { Observation } from '../../../src/sim/observe/observation.js';
import { createRecorder, type ReportRecorder } from '../../../src/sim/observe/recorder.js';
import { type Ending, runScenario } from '../../../src/sim/run-scenario.js';
import { scenarioNamed } from '../../../src/sim/scenarios/all.js';
import type { MeasuredRun, RunMessage, RunOrder } from './messages.js';

/** The thread of one run: tells how far it is, and at last what it came to. */
const { spec, observe } = workerData as RunOrder;
const TELL_EVERY_MS = 200;

const tell = (message: RunMessage): void => parentPort?.postMessage(message);
let toldAtMs = 0;

function onProgress(atMs: number): void {
  const nowMs = performance.now();
  if (nowMs - toldAtMs < TELL_EVERY_MS) return;
  toldAtMs = nowMs;
  tell({ kind: 'progress', atMs });
}

function measure(): MeasuredRun | undefined {
  const { name, ...options } = spec;
  const scenario = scenarioNamed(name);
  if (scenario === undefined) return undefined;
  const recorder = observe ? createRecorder(spec.nodes) : undefined;
  const startedAtMs = performance.now();
  const { result, ending } = runScenario(scenario, { ...options, recorder, onProgress });
  const wallS = (performance.now() - startedAtMs) / 1000;
  const speed = {
    wallS,
    cpuS: process.cpuUsage().user / 1e6,
    nodeSecondsPerS: result.nodeSeconds / wallS,
    eventsPerS: result.events / wallS,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  };
  return { result, ending, speed, observation: recorder && observationOf(recorder, ending) };
}

/** A crash may leave behind what can't even be looked at: then there is no picture, and the result still. */
function observationOf(recorder: ReportRecorder, ending: Ending): Observation | undefined {
  try {
    return recorder.observation();
  } catch (cause) {
    if (ending.kind !== 'crash') throw cause;
    return undefined;
  }
}

await selectCrypto();
const run = measure();
if (run !== undefined) tell({ kind: 'done', run });
