import type { Log } from '../../ports/log.js';
import { formatRecord, type LogFormat, type LogRecord } from './format.js';
import { type LevelFilter, passes } from './level-filter.js';
import type { RotatingFile } from './rotating-file.js';

/** Where lines go and how they look there. */
export interface LoggerOptions {
  readonly filter: LevelFilter;
  readonly format: LogFormat;
  readonly useColor: boolean;
  /** Writes one line with its newline, normally to standard output. */
  readonly write: (line: string) => void;
  /** A second copy as logfmt, at debug level whatever the filter says. */
  readonly file?: RotatingFile | undefined;
}

const FILE_FILTER: LevelFilter = { byTopic: new Map(), otherwise: 'debug' };
const NO_FIELDS = {};

/** A log whose filter can be changed while it is in use. */
export interface Logger extends Log {
  setFilter(filter: LevelFilter): void;
}

/** The log of a real node; the clock is read here and nowhere below. */
export function createLogger(options: LoggerOptions): Logger {
  let { filter } = options;
  return {
    setFilter(next) {
      filter = next;
    },
    log(level, topic, message, fields = NO_FIELDS) {
      const toConsole = passes(filter, topic, level);
      const toFile = options.file !== undefined && passes(FILE_FILTER, topic, level);
      if (!toConsole && !toFile) return;
      const record: LogRecord = { timeMs: Date.now(), level, topic, message, fields };
      if (toConsole) options.write(`${formatRecord(record, options.format, options.useColor)}\n`);
      if (toFile) options.file?.write(formatRecord(record, 'logfmt', false));
    },
  };
}
