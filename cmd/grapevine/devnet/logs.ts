import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pc from 'picocolors';
import { printLine } from '../lib/print.js';
import type { DevnetNode } from './network-file.js';
import { lastLines } from './processes.js';

const POLL_MS = 200;
const COLORS = [pc.cyan, pc.magenta, pc.yellow, pc.green, pc.blue, pc.red] as const;

function prefix(index: number, name: string): string {
  const color = COLORS[index % COLORS.length] ?? pc.cyan;
  return color(`${name} |`);
}

/** The time of day that a pretty line starts with; lines without one (stack traces) sort with the line before. */
function timeOf(line: string): string | undefined {
  return /\[(\d\d:\d\d:\d\d\.\d{3})\]/.exec(line)?.[1];
}

/** Prints the last `count` lines of each node, merged by their time. */
export function printRecentLogs(nodes: readonly DevnetNode[], count: number): void {
  const merged: { time: string; order: number; text: string }[] = [];
  nodes.forEach((node, index) => {
    let time = '';
    for (const line of lastLines(node.logFile, count)) {
      time = timeOf(line) ?? time;
      merged.push({ time, order: merged.length, text: `${prefix(index, node.name)} ${line}` });
    }
  });
  merged.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.order - b.order));
  for (const { text } of merged) printLine(text);
}

/** Reads what was appended to a log since `from`; returns whole lines and the new position. */
function readFrom(path: string, from: number): { lines: string[]; position: number } {
  if (!existsSync(path)) return { lines: [], position: 0 };
  const size = statSync(path).size;
  if (size < from) return { lines: [], position: 0 };
  if (size === from) return { lines: [], position: from };
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(size - from, 1024 * 1024));
    const length = readSync(descriptor, buffer, 0, buffer.length, from);
    const end = buffer.lastIndexOf(0x0a, length - 1);
    if (end < 0) return { lines: [], position: from };
    return { lines: buffer.subarray(0, end).toString('utf8').split('\n'), position: from + end + 1 };
  } finally {
    closeSync(descriptor);
  }
}

/** Prints new lines of the nodes' logs as they come, until `signal` is aborted. */
export async function followLogs(nodes: readonly DevnetNode[], options: { signal: AbortSignal }): Promise<void> {
  const positions = nodes.map((node) => (existsSync(node.logFile) ? statSync(node.logFile).size : 0));
  while (!options.signal.aborted) {
    nodes.forEach((node, index) => {
      const { lines, position } = readFrom(node.logFile, positions[index] ?? 0);
      positions[index] = position;
      for (const line of lines) printLine(`${prefix(index, node.name)} ${line}`);
    });
    await delay(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
