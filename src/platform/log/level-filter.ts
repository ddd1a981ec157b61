import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { LogLevel } from '../../ports/log.js';

const SEVERITY: Record<LogLevel, number> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 };

/** The least level that is written, for each topic and for all others. */
export interface LevelFilter {
  readonly byTopic: ReadonlyMap<string, LogLevel>;
  readonly otherwise: LogLevel;
}

const isLevel = (text: string): text is LogLevel => Object.hasOwn(SEVERITY, text);

/** Parses `info`, or `net=debug,*=info`. The error says what was expected. */
export function parseLevelFilter(text: string): Result<LevelFilter, string> {
  const byTopic = new Map<string, LogLevel>();
  let otherwise: LogLevel = 'info';
  for (const part of text.split(',')) {
    const [left, right] = part.includes('=') ? part.split('=', 2) : ['*', part];
    const level = (right ?? '').trim();
    if (!isLevel(level)) {
      return err(`unknown log level "${level}": use trace, debug, info, warn or error, or topic=level,*=level`);
    }
    const topic = (left ?? '').trim();
    if (topic === '*') otherwise = level;
    else byTopic.set(topic, level);
  }
  return ok({ byTopic, otherwise });
}

/** True if a line of this topic and level is to be written. */
export function passes(filter: LevelFilter, topic: string, level: LogLevel): boolean {
  return SEVERITY[level] >= SEVERITY[filter.byTopic.get(topic) ?? filter.otherwise];
}
