import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c, maskCrc } from '../../../src/platform/leveldb/crc32c.js';
import { readLog, writeLog } from '../../../src/platform/leveldb/log-file.js';
import { liveFiles } from '../../../src/platform/leveldb/manifest.js';
import { readableEntries, tableFrameProblem, tableProblem } from '../../../src/platform/leveldb/table.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const latin = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, 'latin1'));

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and LevelDB's own test of the mask.
  it.each([
    { name: '32 zeros', bytes: new Uint8Array(32), sum: 0x8a9136aa },
    { name: '32 ones', bytes: new Uint8Array(32).fill(0xff), sum: 0x62a8ab43 },
    { name: '0 to 31', bytes: Uint8Array.from({ length: 32 }, (_, at) => at), sum: 0x46dd794e },
    { name: '31 to 0', bytes: Uint8Array.from({ length: 32 }, (_, at) => 31 - at), sum: 0x113fdb5c },
    { name: 'digits', bytes: latin('123456789'), sum: 0xe3069283 },
  ])('of $name is the one of the standard', ({ bytes, sum }) => {
    expect(crc32c(bytes)).toBe(sum);
    expect(crc32c(Uint8Array.of(7, ...bytes, 7), 1, bytes.length + 1)).toBe(sum);
    expect(maskCrc(sum)).not.toBe(sum);
  });
});

describe('a log', () => {
  const records = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      // Around the size of a block, so that headers fall on its end in every way.
      fc.integer({ min: 32_700, max: 32_800 }).map((length) => new Uint8Array(length).fill(length & 0xff)),
    ),
    { maxLength: 8 },
  );

  it('reads back what was written', () => {
    fc.assert(
      fc.property(records, (written) => {
        const content = readLog(writeLog(written));
        expect(content).toMatchObject({ torn: false, damagedAt: undefined });
        expect(content.records.map(text)).toEqual(written.map(text));
      }),
    );
  });

  it('cut off anywhere holds the records before, and is no damage', () => {
    fc.assert(
      fc.property(records, fc.nat(), (written, seed) => {
        const bytes = writeLog(written);
        const content = readLog(bytes.subarray(0, bytes.length === 0 ? 0 : seed % bytes.length));
        expect(content.damagedAt).toBeUndefined();
        expect(content.records.map(text)).toEqual(written.slice(0, content.records.length).map(text));
      }),
    );
  });

  it('with a flipped bit holds none but the records that were written, and says so or looks cut off', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat({ max: 7 }), (written, seed, bit) => {
        const bytes = writeLog(written);
        if (bytes.length === 0) return;
        const at = seed % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const content = readLog(bytes);
        const known = new Set(written.map(text));
        for (const record of content.records) expect(known).toContain(text(record));
        if (content.records.length < written.length) expect(content.torn || content.damagedAt !== undefined).toBe(true);
      }),
    );
  });
});

describe('what LevelDB wrote', () => {
  let folder: string;
  let table: Uint8Array;
  const expected = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grapevine-tables-'));
    const database = new ClassicLevel<string, string>(folder);
    for (let n = 0; n < 600; n++) expected.set(`key ${n}`, `${n} `.repeat(n % 90));
    await database.batch([...expected].map(([key, value]) => ({ type: 'put', key, value })));
    await database.compactRange('a', 'z');
    await database.close();
    const name = readdirSync(folder).find((file) => file.endsWith('.ldb'));
    table = new Uint8Array(readFileSync(join(folder, name ?? '')));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const entriesOf = (bytes: Uint8Array): Map<string, string> =>
    new Map(readableEntries(bytes).map(({ key, value }) => [text(key.subarray(0, -8)), text(value)]));
  const frameProblem = (bytes: Uint8Array): string | undefined =>
    tableFrameProblem((offset, length) => bytes.subarray(offset, offset + length), bytes.length);

  it('is whole, and is read as it was written', () => {
    expect(tableProblem(table)).toBeUndefined();
    expect(frameProblem(table)).toBeUndefined();
    expect(entriesOf(table)).toEqual(expected);
  });

  it('names its tables in the manifest', () => {
    const manifest = readdirSync(folder).find((file) => file.startsWith('MANIFEST'));
    const content = readLog(new Uint8Array(readFileSync(join(folder, manifest ?? ''))));
    expect([...liveFiles(content.records).tables.values()]).toEqual([table.length]);
  });

  it('is known as damaged wherever a byte changes, and what is left of it is right', () => {
    fc.assert(
      fc.property(fc.nat({ max: table.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = table.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        // The footer's padding means nothing.
        const isPadding = at >= table.length - 48 && at < table.length - 8;
        if (!isPadding) expect(tableProblem(bytes)).toBeDefined();
        for (const [key, value] of entriesOf(bytes)) expect(expected.get(key)).toBe(value);
      }),
    );
  });

  it.each([
    { name: 'the footer', from: 8, to: 1 },
    { name: 'the index', from: 60, to: 50 },
  ])('without $name still gives its records by their own checksums', ({ from, to }) => {
    const bytes = table.slice();
    for (let at = bytes.length - from; at < bytes.length - to; at++) bytes[at] = (bytes[at] ?? 0) ^ 0x55;
    expect(frameProblem(bytes)).toBeDefined();
    expect(entriesOf(bytes)).toEqual(expected);
  });
});
