import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, describe, expect, it } from 'vitest';
import { type LevelKv, openLevelKv } from '../../../src/platform/level-kv.js';
import { describeKv } from '../../support/kv-suite.js';

const made: string[] = [];

async function freshDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'grapevine-kv-'));
  made.push(directory);
  return directory;
}

async function openOrFail(path: string): Promise<LevelKv> {
  const opened = await openLevelKv(path);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

afterAll(async () => {
  for (const directory of made) await rm(directory, { recursive: true, force: true });
});

describeKv('LevelKv', async () => {
  const kv = await openOrFail(join(await freshDirectory(), 'db'));
  return {
    reader: kv,
    write: async (batch) => {
      expect(await kv.write(batch, { sync: false })).toBeUndefined();
    },
    readAll: kv.readAll,
    close: kv.close,
  };
});

describe('openLevelKv', () => {
  const key = Uint8Array.of(1);
  const batch = [{ kind: 'put', key, value: Uint8Array.of(2) }] as const;

  it('keeps what was written across a restart', async () => {
    const path = await freshDirectory();
    const first = await openOrFail(path);
    await first.write(batch, { sync: true });
    await first.close();
    const second = await openOrFail(path);
    expect(second.get(key)).toEqual(Uint8Array.of(2));
    expect(second.repaired).toBe(false);
    await second.close();
  });

  it('says that another process has it', async () => {
    const path = await freshDirectory();
    const first = await openOrFail(path);
    expect(await openLevelKv(path)).toMatchObject({ ok: false, error: { code: 'locked' } });
    await first.close();
  });

  it('repairs a database that lost its manifest', async () => {
    const path = await freshDirectory();
    const first = await openOrFail(path);
    await first.write(batch, { sync: true });
    await first.close();
    for (const file of await readdir(path)) if (file.startsWith('MANIFEST')) await rm(join(path, file));
    const second = await openOrFail(path);
    expect(second.repaired).toBe(true);
    expect(second.get(key)).toEqual(Uint8Array.of(2));
    await second.close();
  });

  it('repairs a database whose CURRENT file is garbage', async () => {
    const path = await freshDirectory();
    const first = await openOrFail(path);
    await first.write(batch, { sync: true });
    await first.close();
    await writeFile(join(path, 'CURRENT'), 'garbage');
    const second = await openOrFail(path);
    expect(second.repaired).toBe(true);
    expect(second.get(key)).toEqual(Uint8Array.of(2));
    await second.close();
  });

  it('says that it can not write where a file stands in the way', async () => {
    const path = join(await freshDirectory(), 'file');
    await writeFile(path, '');
    expect(await openLevelKv(join(path, 'db'))).toMatchObject({ ok: false, error: { code: 'not-writable' } });
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not write', async () => {
    const path = await freshDirectory();
    await chmod(path, 0o500);
    expect(await openLevelKv(join(path, 'db'))).toMatchObject({ ok: false, error: { code: 'not-writable' } });
  });

  it('resolves with the failure of a write to a closed database', async () => {
    const kv = await openOrFail(await freshDirectory());
    await kv.close();
    expect(await kv.write(batch, { sync: false })).toMatchObject({ reason: 'io-error' });
  });

  it('leaves out a record that was changed, says so, and looks closer at the next start', async () => {
    const path = await freshDirectory();
    const other = Uint8Array.of(3);
    const first = await openOrFail(path);
    await first.write([...batch, { kind: 'put', key: other, value: Uint8Array.of(4, 5, 6) }], { sync: true });
    await first.close();
    // Under LevelDB's own checksum, as if memory had failed before it was made.
    const raw = new ClassicLevel<Uint8Array, Uint8Array>(path, { keyEncoding: 'view', valueEncoding: 'view' });
    const stored = Uint8Array.from((await raw.get(other)) ?? []);
    stored[0] = (stored[0] ?? 0) ^ 1;
    await raw.put(other, stored);
    await raw.close();

    const second = await openOrFail(path);
    let told = 0;
    second.onDamage(() => told++);
    expect(second.repaired).toBe(false);
    expect(second.get(key)).toEqual(Uint8Array.of(2));
    expect([second.damaged(), told]).toEqual([false, 0]);
    expect(second.get(other)).toBeUndefined();
    expect(second.get(other)).toBeUndefined();
    expect([second.damaged(), told]).toEqual([true, 1]);
    expect(await second.readAll(new Uint8Array(0), 10)).toEqual([[key, Uint8Array.of(2)]]);
    await second.close();

    const third = await openOrFail(path);
    expect([third.repaired, third.lost]).toEqual([true, []]);
    third.forgetDamage();
    await third.close();
    const fourth = await openOrFail(path);
    expect(fourth.repaired).toBe(false);
    await fourth.close();
  });
});
