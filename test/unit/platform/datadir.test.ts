import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDatadir, lockOwner } from '../../../src/platform/datadir/lock.js';
import { loadNodeKey, parsePrivateKey } from '../../../src/platform/datadir/node-key.js';
import { openDatadir } from '../../../src/platform/datadir/open.js';
import { isAlive } from '../../../src/platform/process-alive.js';
import { testGenesis } from '../../support/chain-builder.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'grapevine-datadir-'));

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('lockDatadir', () => {
  it('names this process and goes away on release', () => {
    const folder = newFolder();
    const lock = lockDatadir(folder);
    expect(lock.ok).toBe(true);
    expect(lockOwner(folder)).toBe(process.pid);
    if (lock.ok) lock.value.release();
    expect(lockOwner(folder)).toBeUndefined();
  });

  it('refuses a folder of a living process and names it', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'grapevine.lock'), `${process.ppid}\n`);
    expect(lockDatadir(folder)).toMatchObject({ ok: false, error: { kind: 'locked', pid: process.ppid } });
  });

  it.each([
    { name: 'of a dead process', content: () => `${deadPid()}\n` },
    { name: 'that is empty', content: () => '' },
    { name: 'that is garbage', content: () => 'not a pid' },
    { name: 'with a pid below 1', content: () => '-1' },
  ])('takes over a lock $name', ({ content }) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'grapevine.lock'), content());
    expect(lockDatadir(folder).ok).toBe(true);
    expect(readFileSync(join(folder, 'grapevine.lock'), 'utf8').split('\n')[0]).toBe(`${process.pid}`);
  });

  it('takes over a lock whose pid another process has got since', () => {
    const folder = newFolder();
    const path = join(folder, 'grapevine.lock');
    expect(lockDatadir(folder).ok).toBe(true);
    const [, startTime] = readFileSync(path, 'utf8').split('\n');
    if (startTime === '') return; // no /proc here
    writeFileSync(path, `${process.ppid}\n${startTime}\n`);
    expect(lockOwner(folder)).toBeUndefined();
    expect(lockDatadir(folder).ok).toBe(true);
    expect(lockOwner(folder)).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(['grapevine.lock']);
  });

  it('does not remove a lock that somebody else took meanwhile', () => {
    const folder = newFolder();
    const lock = lockDatadir(folder);
    writeFileSync(join(folder, 'grapevine.lock'), `${process.ppid}\n`);
    if (lock.ok) lock.value.release();
    expect(lockOwner(folder)).toBe(process.ppid);
  });
});

describe('isAlive', () => {
  it('knows the living from the dead', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(deadPid())).toBe(false);
  });
});

describe('loadNodeKey', () => {
  it('makes a key that only its owner can read, and finds it again', () => {
    const folder = newFolder();
    const made = loadNodeKey(folder);
    expect(made.ok && made.value.length).toBe(32);
    expect(statSync(join(folder, 'nodekey')).mode & 0o777).toBe(0o600);
    expect(loadNodeKey(folder)).toEqual(made);
  });

  it('leaves no key behind that is not whole, and makes one where an earlier write was cut off', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'nodekey.new'), '12');
    expect(loadNodeKey(folder).ok).toBe(true);
    expect(readdirSync(folder)).toEqual(['nodekey']);
  });

  it.each([
    { name: 'too short', text: '12', error: 'a private key has 64 hex digits' },
    { name: 'zero', text: '0'.repeat(64), error: 'this number is not a secp256k1 private key' },
    { name: 'above the order of the curve', text: 'f'.repeat(64), error: 'this number is not a secp256k1 private key' },
  ])('refuses a key that is $name', ({ text, error }) => {
    expect(parsePrivateKey(text)).toEqual({ ok: false, error });
    const folder = newFolder();
    writeFileSync(join(folder, 'nodekey'), text);
    expect(loadNodeKey(folder)).toMatchObject({ ok: false, error: expect.stringContaining(error) });
  });
});

describe('openDatadir', () => {
  const options = { genesis: testGenesis(), fakePow: false, leastFreeBytes: 0 };

  it('makes a folder that others can not read, and frees it on close', async () => {
    const path = join(newFolder(), 'deep', 'datadir');
    const opened = await openDatadir(path, options);
    expect(opened.ok).toBe(true);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(await openDatadir(path, options)).toMatchObject({ ok: false, error: { kind: 'locked' } });
    if (opened.ok) await opened.value.close();
    expect(lockOwner(path)).toBeUndefined();
  });

  it('leaves no lock behind when it refuses', async () => {
    const path = newFolder();
    const first = await openDatadir(path, options);
    if (!first.ok) throw new Error(first.error.message);
    const batch = first.value.chain.takeBatch();
    if (batch !== undefined) await first.value.chainDb.write(batch, { sync: false });
    await first.value.close();
    const other = { ...options, genesis: testGenesis({ gasLimit: 29_999_999n }) };
    expect(await openDatadir(path, other)).toMatchObject({ ok: false, error: { kind: 'genesis-mismatch' } });
    expect(lockOwner(path)).toBeUndefined();
  });
});
