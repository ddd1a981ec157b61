import type { MeasuredRun } from '../../../cmd/grapevine/sim/messages.js';
import { metricText, spreads } from '../../../cmd/grapevine/sim/seeds-table.js';
import { sectionOf, withSection } from '../../support/markdown-section.js';

const SECTION = 'figures';
const HEADING = '### ';

/** What a scenario came to with several seeds, as a section of Markdown. All are of one scenario and one size, `jobs` at a time. */
export function figuresSection(runs: readonly MeasuredRun[], jobs: number): string {
  const [first] = runs;
  if (first === undefined) throw new Error('no run, no figures');
  const { fidelity } = first.result;
  const passed = runs.filter(({ result }) => result.pass).length;
  const rows = Object.entries(spreads(runs)).map(([figure, { min, median, max }]) =>
    [`\`${figure}\``, ...[min, median, max].map(metricText)].join(' | '),
  );
  return [
    `${HEADING}${titleOf(first)}: ${passed} of ${runs.length} ${runs.length === 1 ? 'seed' : 'seeds'} passed`,
    '',
    `Fidelity: ${fidelity}. ${speedText(runs, jobs)}`,
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

const titleOf = ({ result: { name, nodes } }: MeasuredRun): string => `${name}, ${nodes.toLocaleString('en-US')} nodes`;

/** What a section is of. */
function subjectOf(section: string): { readonly name: string; readonly nodes: number } {
  const [, name = '', nodes = ''] = /^### ([^,\n]+), ([\d,]+) nodes:/.exec(section) ?? [];
  return { name, nodes: Number(nodes.replaceAll(',', '')) };
}

/**
 * The document with a section of {@link figuresSection} in place of the one that it had of the same scenario and size. The order is
 * that of `names`, small sizes first, and sections of scenarios that are no more are left out. Fails if the document has no place
 * for figures.
 */
export function withFigures(doc: string, section: string, names: readonly string[]): string {
  const { name, nodes } = subjectOf(section);
  const others = sectionOf(doc, SECTION)
    .split(new RegExp(`^(?=${HEADING})`, 'm'))
    .map((text) => text.trim())
    .filter((text) => subjectOf(text).name !== name || subjectOf(text).nodes !== nodes);
  const all = [...others, section]
    .map((text) => ({ text, rank: names.indexOf(subjectOf(text).name), nodes: subjectOf(text).nodes }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.nodes - b.nodes);
  return withSection(doc, SECTION, all.map(({ text }) => text).join('\n\n'));
}
