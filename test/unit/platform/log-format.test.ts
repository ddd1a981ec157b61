import { describe, expect, it } from 'vitest';
import { formatRecord, type LogRecord } from '../../../src/platform/log/format.js';

const HASH = `0x${'ab'.repeat(32)}`;

const record = (fields: LogRecord['fields'], message = 'Imported block'): LogRecord => ({
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  level: 'info',
  topic: 'chain',
  message,
  fields,
});

describe('formatRecord', () => {
  it.each([
    {
      name: 'pretty shortens hashes, groups digits and leaves out what is undefined',
      format: 'pretty' as const,
      fields: { gas: 63_000, hash: HASH, peer: undefined },
      line: 'INFO  [03:04:05.678] Imported block               gas=63,000 hash=ababab…ababab',
    },
    {
      name: 'pretty without fields has no trailing spaces',
      format: 'pretty' as const,
      fields: {},
      line: 'INFO  [03:04:05.678] Imported block',
    },
    {
      name: 'logfmt keeps every digit and quotes what has spaces',
      format: 'logfmt' as const,
      fields: { gas: 63_000, hash: HASH, detail: 'two words', empty: '' },
      line: `time=2026-01-02T03:04:05.678Z level=info topic=chain msg="Imported block" gas=63000 hash=${HASH} detail="two words" empty=""`,
    },
    {
      name: 'json writes big integers as decimal strings',
      format: 'json' as const,
      fields: { difficulty: 2n ** 64n, ok: true, nothing: null },
      line: '{"time":"2026-01-02T03:04:05.678Z","level":"info","topic":"chain","msg":"Imported block","difficulty":"18446744073709551616","ok":true,"nothing":null}',
    },
  ])('$name', ({ format, fields, line }) => {
    expect(formatRecord(record(fields), format, false)).toBe(line);
  });

  it.each([
    { name: 'a line break', text: 'a\nERROR [00:00:00.000] forged' },
    { name: 'an escape sequence', text: '\u001b[2J' },
    { name: 'a one-byte sequence', text: '\u009b2J' },
    { name: 'a delete', text: '\u007f' },
  ])('lets no peer control the terminal by $name', ({ text }) => {
    for (const format of ['pretty', 'logfmt'] as const) {
      expect(formatRecord(record({ name: text }), format, false)).not.toMatch(/\p{Cc}/u);
    }
    expect(formatRecord(record({ name: text }), 'json', false)).not.toContain('\n');
  });

  it('colours only pretty lines, and only if asked to', () => {
    expect(formatRecord(record({}), 'pretty', true)).toContain('\u001b[');
    expect(formatRecord(record({}), 'logfmt', true)).not.toContain('\u001b[');
  });
});
