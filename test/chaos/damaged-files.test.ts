import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { openLevelKv } from '../../src/platform/level-kv.js';
import type { Random } from '../../src/ports/random.js';
import { tempFolder } from '../support/processes.js';
import { seededRandom } from '../support/seeded-random.js';
import { FILE_DAMAGES, randomOf, SEED } from './support/plan.js';
import { report } from './support/report.js';

vi.setConfig({ testTimeout: 60_000 + FILE_DAMAGES * 1_000 });

const RECORDS = 400;
const COUNTER = Uint8Array.of(0xff);
const whole = join(tempFolder(), 'whole');
const written = new Map<number, Uint8Array>();

const keyOf = (number: number): Uint8Array => Uint8Array.of(1, number >> 8, number & 0xff);

/** Bytes that compress, or not, of up to 3 kB. */
function someValue(random: Random): Uint8Array {
  const bytes = random.bytes(16);
  const length = 1 + random.below(random.below(4) === 0 ? 3_000 : 200);
  return random.below(2) === 0 ? random.bytes(length) : Uint8Array.from({ length }, (_, at) => bytes[at % 16] ?? 0);
}

beforeAll(async () => {
  const random = seededRandom('damaged files');
  for (let number = 0; number < RECORDS; number++) written.set(number, someValue(random));
  // Tables on two levels and a log: a table is written at each start.
  for (let part = 0; part < 4; part++) {
    const opened = await openLevelKv(whole);
    if (!opened.ok) throw new Error(opened.error.message);
    const from = (part * RECORDS) / 4;
    for (let number = from; number < from + RECORDS / 4; number++) {
      const value = written.get(number) ?? COUNTER;
      const batch = [
        { kind: 'put', key: keyOf(number), value },
        { kind: 'put', key: COUNTER, value: Uint8Array.of(number >> 8, number & 0xff) },
      ] as const;
      expect(await opened.value.write(batch, { sync: false })).toBeUndefined();
    }
    if (part === 1) await opened.value.compact();
    await opened.value.close();
  }
});

/** Does to one file what disks and their drivers do. */
function damage(folder: string, random: Random): string {
  const files = readdirSync(folder).filter(
    (name) => /\.(ldb|log)$|^MANIFEST|^CURRENT$/.test(name) && readFileSync(join(folder, name)).length > 0,
  );
  const name = files[random.below(files.length)] ?? 'CURRENT';
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const die = random.below(12);
  if (die === 0) {
    rmSync(path);
    return `${name} removed`;
  }
  if (die === 1) {
    truncateSync(path, random.below(bytes.length));
    return `${name} cut off`;
  }
  if (die === 2) {
    const at = random.below(bytes.length);
    bytes.fill(0, at, Math.min(bytes.length, at + 512));
    writeFileSync(path, bytes);
    return `${name} with zeros at ${at}`;
  }
  // Flips anywhere, or close to the end, where what leads to all else stands.
  const span = die < 6 ? Math.min(bytes.length, 400) : bytes.length;
  const flips = 1 + random.below(die % 2 === 0 ? 3 : 60);
  for (let flip = 0; flip < flips; flip++) {
    const at = bytes.length - span + random.below(span);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  writeFileSync(path, bytes);
  return `${name} with ${flips} flips in the last ${span} bytes`;
}

it(`opens, reads, writes and compacts ${FILE_DAMAGES} damaged databases (CHAOS_SEED=${SEED})`, async () => {
  const outcome = { refused: 0, repaired: 0, unnoticed: 0, 'records lost': 0 };
  const folder = join(tempFolder(), 'database');
  try {
    for (let round = 1; round <= FILE_DAMAGES; round++) {
      rmSync(folder, { recursive: true, force: true });
      cpSync(whole, folder, { recursive: true });
      const what = `seed ${SEED}, round ${round}: ${damage(folder, randomOf('files', round))}`;
      const opened = await openLevelKv(folder);
      if (!opened.ok) {
        outcome.refused++;
        expect(opened.error.code, `${what}: ${opened.error.message}`).toBe('corrupt');
        continue;
      }
      const kv = opened.value;
      const lost = [...written].filter(([number, value]) => {
        const found = kv.get(keyOf(number));
        if (found !== undefined) expect(Buffer.compare(found, value), `${what}: record ${number}`).toBe(0);
        return found === undefined;
      });
      outcome['records lost'] += lost.length;
      outcome[kv.repaired ? 'repaired' : 'unnoticed']++;
      if (lost.length > 0) expect(kv.repaired, what).toBe(true);
      expect(kv.damaged(), what).toBe(false);
      expect(await kv.write([{ kind: 'put', key: Uint8Array.of(2), value: COUNTER }], { sync: false })).toBeUndefined();
      expect(await kv.compact(), what).toMatchObject({ ok: true });
      kv.forgetDamage();
      await kv.close();
      const again = await openLevelKv(folder);
      expect(again, what).toMatchObject({ ok: true, value: { repaired: false } });
      if (again.ok) {
        expect(again.value.get(Uint8Array.of(2)), what).toEqual(COUNTER);
        await again.value.close();
      }
    }
  } finally {
    report('damaged files', { seed: SEED, rounds: FILE_DAMAGES, ...outcome });
  }
});
