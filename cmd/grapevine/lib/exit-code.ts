/** The exit codes of every subcommand; scripts rely on them. */
export const ExitCode = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  /** A bad configuration or genesis file, or a datadir of another genesis. */
  config: 3,
  datadirLocked: 4,
  portInUse: 5,
  databaseCorrupt: 6,
  diskFull: 7,
  nodeUnreachable: 8,
  notReady: 9,
  rpcError: 10,
  /** A second Ctrl-C during the shutdown. */
  forced: 130,
} as const;

/** One of {@link ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
