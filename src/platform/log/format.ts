import pc from 'picocolors';
import type { LogLevel, LogValue } from '../../ports/log.js';

/** How a log line is written. */
export type LogFormat = 'pretty' | 'logfmt' | 'json';

/** One line before it is written. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly topic: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, LogValue>>;
}

const LEVEL_LABEL: Record<LogLevel, string> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO ',
  warn: 'WARN ',
  error: 'ERROR',
};

/** Messages are padded to this width, so that the fields of successive lines align. */
const MESSAGE_WIDTH = 28;

function levelColor(level: LogLevel, colors: ReturnType<typeof pc.createColors>): (text: string) => string {
  switch (level) {
    case 'error':
      return colors.red;
    case 'warn':
      return colors.yellow;
    case 'info':
      return colors.green;
    default:
      return colors.dim;
  }
}

/** Fields whose long hex is shortened: they come with every block. What is told once is told whole, to be copied. */
const SHORTENED = new Set(['hash', 'head', 'dropped', 'peer', 'nonce']);
/** Numbers that name something instead of counting it. */
const NAMES = new Set(['id', 'pid', 'number', 'port', 'common', 'from', 'to']);

/** Counts get thousands separators; block hashes are shortened in the middle; text with spaces is quoted. */
function prettyValue(key: string, value: LogValue): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return NAMES.has(key) ? value.toString() : value.toLocaleString('en-US');
  }
  const text = String(value);
  if (SHORTENED.has(key) && /^0x[0-9a-f]{40,}$/.test(text)) return `${text.slice(2, 8)}…${text.slice(-6)}`;
  return quoted(text);
}

/** Against a peer that calls itself by a line break or a terminal's control sequence: nothing of it reaches the terminal. */
function quoted(text: string): string {
  if (text !== '' && !/[\s="\p{Cc}]/u.test(text)) return text;
  return JSON.stringify(text).replace(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function pretty(record: LogRecord, useColor: boolean): string {
  const colors = pc.createColors(useColor);
  const paint = levelColor(record.level, colors);
  const time = new Date(record.timeMs).toISOString().slice(11, 23);
  let line = `${paint(LEVEL_LABEL[record.level])} [${time}] `;
  const entries = Object.entries(record.fields).filter(([, value]) => value !== undefined);
  line += entries.length === 0 ? record.message : record.message.padEnd(MESSAGE_WIDTH);
  for (const [key, value] of entries) line += ` ${paint(key)}=${prettyValue(key, value)}`;
  return line;
}

function logfmt(record: LogRecord): string {
  let line = `time=${new Date(record.timeMs).toISOString()} level=${record.level} topic=${record.topic} msg=${quoted(record.message)}`;
  for (const [key, value] of Object.entries(record.fields)) {
    if (value !== undefined) line += ` ${key}=${quoted(String(value))}`;
  }
  return line;
}

function json(record: LogRecord): string {
  return JSON.stringify(
    {
      time: new Date(record.timeMs).toISOString(),
      level: record.level,
      topic: record.topic,
      msg: record.message,
      ...record.fields,
    },
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );
}

/** One line without its newline. Only `pretty` uses colour, and only if `useColor`. */
export function formatRecord(record: LogRecord, format: LogFormat, useColor: boolean): string {
  switch (format) {
    case 'pretty':
      return pretty(record, useColor);
    case 'logfmt':
      return logfmt(record);
    case 'json':
      return json(record);
  }
}
