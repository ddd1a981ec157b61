import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file of log lines that moves itself to `.1`, `.2`, ... when it is full. */
export interface RotatingFile {
  write(line: string): void;
  close(): void;
}

/**
 * Appends to `path`, which is rotated at `maxBytes`; at most `keep` old files stay. A line that can't be written
 * (full disk) is lost: logging never stops the node.
 */
export function openRotatingFile(path: string, maxBytes = 16 * 1024 * 1024, keep = 3): RotatingFile {
  mkdirSync(dirname(path), { recursive: true });
  let descriptor = openSync(path, 'a');
  let size = statSync(path).size;

  function rotate(): void {
    rmSync(`${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 1; i--) if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`);
    if (existsSync(path)) renameSync(path, `${path}.1`);
    const next = openSync(path, 'a');
    // Not before there is another: what is written to a closed descriptor goes to the file that gets its number next.
    closeSync(descriptor);
    descriptor = next;
    size = 0;
  }

  return {
    write(line) {
      try {
        size += writeSync(descriptor, `${line}\n`);
        if (size >= maxBytes) rotate();
      } catch {
        // A log line is not worth the node.
      }
    },
    close: () => closeSync(descriptor),
  };
}
