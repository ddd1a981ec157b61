import { account } from '../../support/chain-builder.js';
import { eventually } from '../../support/eventually.js';
import { type LogLine, logLines } from '../../support/live-node.js';
import { type Exit, mainFile, type RunningProcess, start } from '../../support/processes.js';
import { testGenesisFile } from '../../support/test-genesis-file.js';

/** Reopening takes no longer, however the node ended. */
export const REOPEN_MS = 10_000;

/** Who the miner works for. */
export const MINER = account(7);

/** A genesis of least difficulty, on which a block a second is sustainable. */
export const chaosGenesis = (): string =>
  testGenesisFile((content) => ({
    ...content,
    config: { ...(content.config as object), grapevine: { difficultyStep: 1 } },
  }));

/** A node that has said where it stands. */
export interface OpenNode {
  readonly process: RunningProcess;
  readonly url: string;
  readonly enode: string;
  /** The head that it opened on. */
  readonly head: { readonly number: number; readonly hash: string };
  readonly readyMs: number;
  mined(): number;
}

/** Starts the program, ready or not. */
export function launch(
  datadir: string,
  genesis: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): RunningProcess {
  return start(
    process.execPath,
    [
      mainFile,
      'node',
      ...['--datadir', datadir, '--genesis', genesis, '--nodiscover', '--ipcdisable'],
      ...['--addr', '127.0.0.1', '--nat', 'extip:127.0.0.1', '--port', '0'],
      ...['--http', '--http.port', '0', '--http.api', 'all', '--log.format', 'json'],
      ...args,
    ],
    { env },
  );
}

/** The flags of a miner that finds about a block a second at least difficulty. */
export const CHAOS_MINE = ['--mine', '--miner.etherbase', MINER, '--miner.maxhashrate', '180000'] as const;

/** Waits until the node is ready, or has ended. */
export async function opened(process_: RunningProcess): Promise<OpenNode | Exit> {
  const startedAt = performance.now();
  let ended: Exit | undefined;
  void process_.exit.then((exit) => {
    ended = exit;
  });
  const lines = (): LogLine[] => logLines(process_.stdout());
  await eventually('the node is ready', () => ended !== undefined || lines().some(({ msg }) => msg === 'Ready'));
  if (ended !== undefined) return ended;
  const readyMs = Math.round(performance.now() - startedAt);
  const line = (message: string): LogLine | undefined => lines().find(({ msg }) => msg === message);
  return {
    process: process_,
    url: String(line('JSON-RPC')?.url),
    // The port is another one each time.
    enode: String(line('Peers')?.enode).split('@')[0] ?? '',
    head: { number: Number(line('Chain')?.head), hash: String(line('Chain')?.hash) },
    readyMs,
    mined: () => lines().filter(({ msg }) => msg === 'Mined block').length,
  };
}

/** {@link opened} of a node that has to come up. */
export async function mustOpen(process_: RunningProcess): Promise<OpenNode> {
  const node = await opened(process_);
  if ('process' in node) return node;
  throw new Error(`the node did not open but ended with ${node.code}: ${node.stderr}${node.stdout.slice(-2000)}`);
}
