import type { Command } from 'commander';
import { ALWAYS } from '../../../src/sim/observe/watch-run.js';
import type { Scenario } from '../../../src/sim/scenario.js';
import { SCENARIOS } from '../../../src/sim/scenarios/all.js';
import { printJson, printLine } from '../lib/print.js';
import { textTable } from '../lib/text-table.js';

/** Adds `sim list`. */
export function addSimListCommand(sim: Command): void {
  sim
    .command('list')
    .description('the scenarios, their parameters, and what is watched while they run')
    .option('--json', 'as JSON', false)
    .action(({ json }: { readonly json: boolean }) => {
      if (json) printJson(SCENARIOS.map(view));
      else for (const line of lines()) printLine(line);
    });
}

function view({ name, summary, defaults, parameters = {}, invariants }: Scenario): Record<string, unknown> {
  const watched = [...ALWAYS, ...(invariants?.(undefined) ?? [])];
  return { name, summary, defaults, parameters, invariants: watched.map((one) => one.summary) };
}

function lines(): string[] {
  const rows = SCENARIOS.map(({ name, defaults, summary }) => [
    name,
    String(defaults.nodes),
    defaults.fidelity,
    summary,
  ]);
  return [
    textTable(['NAME', 'NODES', 'FIDELITY', 'WHAT'], rows),
    ...SCENARIOS.flatMap(({ name, parameters = {} }) => {
      const settings = Object.entries(parameters).map(([key, one]) => [`  ${key}`, String(one.default), one.summary]);
      return settings.length === 0 ? [] : ['', textTable([`${name} --set`, 'DEFAULT', 'WHAT'], settings)];
    }),
    '',
    'watched in every run:',
    ...ALWAYS.map(({ name, summary }) => `  ${name.padEnd(20)}  ${summary}`),
    ...SCENARIOS.flatMap(({ name: scenario, invariants }) =>
      (invariants?.(undefined) ?? []).map(({ name, summary }) => `  ${name.padEnd(20)}  ${scenario}: ${summary}`),
    ),
  ];
}
