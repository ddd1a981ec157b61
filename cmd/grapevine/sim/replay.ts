import { scenarioNamed } from '../../../src/sim/scenarios/all.js';
import type { RunSpec } from './messages.js';

const quoted = (text: string): string => (/^[\w.,=@%+:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that tells the same story again. */
export function replayCommand({ name, seed, nodes, fidelity, settings, untilMs }: RunSpec): string {
  const isUsual = scenarioNamed(name)?.defaults.fidelity === fidelity;
  return [
    `grapevine sim run ${name} --seed ${quoted(seed)} --nodes ${nodes}`,
    ...(isUsual ? [] : [`--${fidelity}`]),
    ...Object.entries(settings).map(([key, value]) => `--set ${key}=${value}`),
    ...(untilMs === undefined ? [] : [`--until ${untilMs}`]),
  ].join(' ');
}
