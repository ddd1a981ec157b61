import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRotatingFile } from '../../../src/platform/log/rotating-file.js';

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'grapevine-log-')), 'logs', 'node.log');

describe('openRotatingFile', () => {
  it('keeps as many old files as it should, newest first', () => {
    const path = newPath();
    const file = openRotatingFile(path, 10, 2);
    for (const line of ['first-line', 'second-line', 'third-line', 'fourth-line', 'last']) file.write(line);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('last\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('fourth-line\n');
    expect(readFileSync(`${path}.2`, 'utf8')).toBe('third-line\n');
    expect(readdirSync(join(path, '..'))).toHaveLength(3);
  });

  it('counts what an earlier run wrote', () => {
    const path = newPath();
    const first = openRotatingFile(path, 20);
    first.write('0123456789');
    first.close();
    const second = openRotatingFile(path, 20);
    second.write('0123456789');
    second.write('x');
    second.close();
    expect(readFileSync(path, 'utf8')).toBe('x\n');
    expect(existsSync(`${path}.1`)).toBe(true);
  });

  it.each([
    { name: 'its file was deleted', remove: (path: string) => rmSync(path), goesOn: true },
    {
      name: 'its folder was deleted',
      remove: (path: string) => rmSync(dirname(path), { recursive: true }),
      goesOn: false,
    },
  ])('never writes into a file of somebody else after $name', ({ remove, goesOn }) => {
    const path = newPath();
    const file = openRotatingFile(path, 10);
    remove(path);
    file.write('0123456789');
    // It gets the lowest number that is free.
    const foreign = join(mkdtempSync(join(tmpdir(), 'grapevine-log-')), 'table.ldb');
    const descriptor = openSync(foreign, 'a');
    file.write('next');
    closeSync(descriptor);
    file.close();
    expect(readFileSync(foreign, 'utf8')).toBe('');
    if (goesOn) expect(readFileSync(path, 'utf8')).toBe('next\n');
  });

  it('loses a line rather than the node when it can not write', () => {
    const file = openRotatingFile(newPath());
    file.close();
    expect(() => file.write('into a closed file')).not.toThrow();
  });
});
