import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { eventually } from '../../support/eventually.js';
import { type Exit, freePort, start, tempFolder } from '../../support/processes.js';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const commandLine = join(modules, '@ethereumjs', 'client', 'dist', 'esm', 'bin', 'cli.js');
const observe = pathToFileURL(fileURLToPath(new URL('observe.mjs', import.meta.url))).href;

/** What `observe.mjs` counted in the client's process. */
export interface Observed {
  /** Headers and uncle headers whose difficulty the client computed itself and found equal. */
  readonly difficulties: number;
  /** Messages of eth that came in, by their devp2p name. */
  readonly messages: Readonly<Record<string, number>>;
}

/** A running `@ethereumjs/client`. */
export interface ForeignClient {
  readonly url: string;
  readonly enode: string;
  output(): string;
  call<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  /** The number and hash of its head, which it may not have executed yet. */
  head(): Promise<{ number: number; hash: string }>;
  /** Many calls in requests of 100. */
  callEach<T = unknown>(calls: readonly Call[]): Promise<T[]>;
  /** Ends it and reads what was observed. */
  stop(): Promise<Exit & { readonly observed: Observed }>;
}

/** A method and its parameters. */
export type Call = readonly [method: string, ...params: unknown[]];

const BATCH = 100;

/**
 * Calls many methods of any node over HTTP, in batches; throws on the first error. Each batch has a connection of its own:
 * the foreign client closes one that waited 5 s for a request, and if its process stood still for as long, it does so with
 * the next request unread.
 */
export async function rpcEach<T>(url: string, calls: readonly Call[]): Promise<T[]> {
  const results: T[] = [];
  for (let first = 0; first < calls.length; first += BATCH) {
    const part = calls.slice(first, first + BATCH);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(part.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }))),
      signal: AbortSignal.timeout(120_000),
    });
    const replies = (await response.json()) as { id: number; result?: T; error?: { message: string } }[];
    for (const reply of replies.toSorted((a, b) => a.id - b.id)) {
      if (reply.error !== undefined) throw new Error(`${part[reply.id]?.join(' ')}: ${reply.error.message}`);
      results.push(reply.result as T);
    }
  }
  return results;
}

/** The flags of a client with a folder and an RPC port of its own that looks for nobody. */
async function quietFlags(genesis: string): Promise<{ readonly flags: readonly string[]; readonly url: string }> {
  const [port, rpcPort] = [await freePort(), await freePort()];
  const folder = tempFolder();
  const flags = [
    ...['--import', observe, commandLine],
    ...['--gethGenesis', genesis, '--dataDir', folder, '--sync', 'full'],
    ...['--port', String(port), '--extIP', '127.0.0.1', '--discV4=false', '--discDns=false', '--bootnodes'],
    ...['--rpc', '--rpcAddr', '127.0.0.1', '--rpcPort', String(rpcPort)],
    // It drops a peer for a minute if blocks asked for are not there and checked within 8 s, which a busy machine may
    // take for the usual 100.
    ...['--maxPerRequest', '50'],
    // Any other value than a path makes it log to its working directory.
    ...['--logFile', join(folder, 'client.log'), '--logRotate=false'],
  ];
  return { flags, url: `http://127.0.0.1:${rpcPort}` };
}

/** What the client says when it loads and executes the blocks in `file`: until it fails, or has executed all. */
export async function foreignVerdict(genesis: string, file: string): Promise<string> {
  const { flags } = await quietFlags(genesis);
  const client = start(process.execPath, [...flags, '--loadBlocksFromRlp', file]);
  await eventually('it says something', () => /Error starting client|failed|Executed blocks/.test(client.stdout()));
  client.kill('SIGTERM');
  const { stdout, stderr } = await client.exit;
  return stdout + stderr;
}

/**
 * Starts the client's own command line as a process: full sync with execution, no discovery, receipts kept, a folder
 * and ports of its own. It accepts the genesis file as it is, without a merge. It never dials; whoever wants it does.
 */
export async function startForeignClient(genesis: string): Promise<ForeignClient> {
  const { flags, url } = await quietFlags(genesis);
  const client = start(process.execPath, flags);
  const call = async <T>(...of: Call): Promise<T> => {
    const [result] = await rpcEach<T>(url, [of]);
    return result as T;
  };
  let ended = false;
  void client.exit.then(() => {
    ended = true;
  });
  const output = (): string => client.stdout() + client.stderr();
  const enode = await eventually('the foreign client is ready', async () => {
    if (ended) return '';
    return (await call<{ enode: string }>('admin_nodeInfo')).enode;
  });
  if (ended) throw new Error(`the foreign client ended: ${output()}`);
  return {
    url,
    enode,
    output,
    call,
    callEach: (calls) => rpcEach(url, calls),
    head: async () => {
      const { number, hash } = await call<{ number: string; hash: string }>('eth_getBlockByNumber', 'latest', false);
      return { number: Number(number), hash };
    },
    stop: async () => {
      client.kill('SIGTERM');
      const exit = await client.exit;
      const line = exit.stdout.split('\n').findLast((text) => text.startsWith('observed '));
      if (line === undefined) throw new Error(`the foreign client counted nothing: ${output()}`);
      return { ...exit, observed: JSON.parse(line.slice('observed '.length)) as Observed };
    },
  };
}
