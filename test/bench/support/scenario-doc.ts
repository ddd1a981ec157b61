import type { MeasuredRun } from '../../../cmd/grapevine/sim/messages.js';
import { metricText, spreads } from '../../../cmd/grapevine/sim/seeds-table.js';
import { sectionOf, withSection } from '../../support/markdown-section.js';

const SECTION = 'figures';
const HEADING = '### ';

/** What a scenario came to with several seeds, as a section of Markdown. All are of one scenario and one size, `jobs` at a time. */
export function figuresSection(runs: readonly MeasuredRun[], jobs: number): string {
  const [first] = runs;
  if (first === undefined) throw new Error('no run, no figures');
  const { name, nodes, fidelity } = first.result;
  const passed = runs.filter(({ result }) => result.pass).length;
  const rows = Object.entries(spreads(runs)).map(([figure, { min, median, max }]) =>
    [`\`${figure}\``, ...[min, median, max].map(metricText)].join(' | '),
  );
  return [
    `${HEADING}${name}: ${passed} of ${runs.length} seeds passed`,
    '',
    `${nodes.toLocaleString('en-US')} nodes, ${fidelity}. ${speedText(runs, jobs)}`,
    '',
    '| figure | least | median | most |',
    '| --- | --: | --: | --: |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function speedText(runs: readonly MeasuredRun[], jobs: number): string {
  const most = (of: (run: MeasuredRun) => number): string =>
    Math.max(...runs.map(of)).toLocaleString('en-US', { maximumFractionDigits: 0 });
  return `A run took at most ${most(({ speed }) => speed.wallS)} s; the process held at most ${most(({ speed }) => speed.peakRssMiB)} MiB, ${jobs} at a time.`;
}

/**
 * The document with `sections`, by scenario, in place of those that it had of the same scenarios; the order is that of
 * `names`, and sections of scenarios that are no more are left out. Fails if the document has no place for figures.
 */
export function withFigures(doc: string, sections: ReadonlyMap<string, string>, names: readonly string[]): string {
  const before = sectionOf(doc, SECTION).split(new RegExp(`^(?=${HEADING})`, 'm'));
  const old = new Map(before.map((text) => [/^### ([^:\n]+):/.exec(text)?.[1] ?? '', text.trim()]));
  const all = names.flatMap((name) => sections.get(name) ?? old.get(name) ?? []);
  return withSection(doc, SECTION, all.join('\n\n'));
}
