import type { Figure } from './benchmark.js';

const HEADINGS = ['FIGURE', 'MEASURED', 'UNIT', 'BAR', 'OF BAR', 'RIVAL', 'OF RIVAL', 'CPU', 'RIVAL CPU'];

function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const ratio = (value: number): string => `${value.toFixed(2)}x`;

/** How much of its bar a figure reaches: 1 or more is good, whichever way the figure counts. */
export function ofBar({ value, bar }: Figure): number | undefined {
  if (bar === undefined) return undefined;
  return bar.isMost === true ? bar.value / value : value / bar.value;
}

/** How a figure compares with the rival's: above 1 is better, whichever way the figure counts. */
export function ofRival({ value, bar, rival }: Figure): number | undefined {
  if (rival === undefined) return undefined;
  return bar?.isMost === true ? rival.value / value : value / rival.value;
}

function row(figure: Figure): string[] {
  const { name, value, unit, bar, rival, cpuMicros, rivalCpuMicros } = figure;
  const barText = bar === undefined ? '' : `${bar.isMost === true ? '<=' : '>='} ${number(bar.value)}`;
  const reached = ofBar(figure);
  const compared = ofRival(figure);
  return [
    name,
    number(value),
    unit,
    barText,
    reached === undefined ? '' : ratio(reached),
    rival === undefined ? '' : `${rival.name} ${number(rival.value)}`,
    compared === undefined ? '' : ratio(compared),
    cpuMicros === undefined ? '' : `${number(cpuMicros)} us`,
    rivalCpuMicros === undefined ? '' : `${number(rivalCpuMicros)} us`,
  ];
}

/** The figures as a table; columns that nobody fills are left out. */
export function figureTable(figures: readonly Figure[]): string {
  const lines = [HEADINGS, ...figures.map(row)];
  const used = HEADINGS.map((_, column) => lines.slice(1).some((line) => line[column] !== ''));
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || column === 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .filter((_, column) => used[column])
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
