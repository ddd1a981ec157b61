/** Least to most severe. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** A value that a log line may carry. */
export type LogValue = string | number | bigint | boolean | null | undefined;

/** Where the node writes log lines. Hosts add the time; below the host nobody reads a clock. */
export interface Log {
  /** `topic` names the room (`chain`, `net`, `sync`, `txpool`, `rpc`); `message` is a constant, `fields` hold what varies. */
  log(level: LogLevel, topic: string, message: string, fields?: Readonly<Record<string, LogValue>>): void;
}

/** Drops every line. */
export const SILENT_LOG: Log = { log: () => undefined };
