import { join } from 'node:path';
import { eventually } from './eventually.js';
import { devnetGenesis, type Exit, mainFile, start, tempFolder } from './processes.js';
import { rpcCall } from './rpc-call.js';

/** A line of the node's log. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly topic: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A real node in a process of its own. */
export interface LiveNode {
  readonly pid: number;
  readonly datadir: string;
  readonly url: string;
  readonly ipcPath: string;
  readonly enode: string;
  /** Resolves when the process has ended. */
  readonly exit: Promise<Exit>;
  log(): LogLine[];
  call<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** What a node is started with; all ports are free ones unless `args` name others. */
export interface LiveNodeOptions {
  readonly datadir?: string;
  readonly genesis?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** An account that tests let miners work for: the last that the devnet's genesis funds. */
export const TEST_ETHERBASE = '0xa0ee7a142d267c1f36714e4a8f75612f20a79720';

/** The flags of a devnet's miner. */
export const MINE = ['--mine', '--miner.etherbase', TEST_ETHERBASE, '--miner.maxhashrate', '65536'] as const;

/** The lines of a log in JSON; what is none (a stack trace) is left out. */
export function logLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []));
}

/** Starts a node and waits until it is ready; throws with its output if it ends before. */
export async function startNode(options: LiveNodeOptions = {}): Promise<LiveNode> {
  const datadir = options.datadir ?? tempFolder();
  const process_ = start(
    process.execPath,
    [
      mainFile,
      'node',
      ...['--datadir', datadir, '--genesis', options.genesis ?? devnetGenesis],
      ...['--addr', '127.0.0.1', '--nat', 'extip:127.0.0.1', '--port', '0'],
      ...['--http', '--http.port', '0', '--http.api', 'all', '--log.format', 'json'],
      ...(options.args ?? []),
    ],
    options.env === undefined ? {} : { env: options.env },
  );
  let ended: Exit | undefined;
  void process_.exit.then((exit) => {
    ended = exit;
  });
  await eventually('the node is ready', () => {
    if (ended !== undefined) return true;
    return logLines(process_.stdout()).some((line) => line.msg === 'Ready');
  });
  if (ended !== undefined) throw new Error(`the node ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
  const lines = logLines(process_.stdout());
  const field = (message: string, name: string): string =>
    String(lines.find((line) => line.msg === message)?.[name] ?? '');
  const url = field('JSON-RPC', 'url');
  return {
    pid: process_.pid,
    datadir,
    url,
    ipcPath: join(datadir, 'grapevine.ipc'),
    enode: field('Peers', 'enode'),
    exit: process_.exit,
    log: () => logLines(process_.stdout()),
    call: (method, ...params) => rpcCall(url, method, ...params),
    stop: (signal = 'SIGTERM') => {
      process_.kill(signal);
      return process_.exit;
    },
  };
}
