/** Writes one line to standard output: what the command is asked for, and nothing else. */
export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes one line to standard error: progress and remarks. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a value as indented JSON; bigints become decimal strings. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item), 2));
}
