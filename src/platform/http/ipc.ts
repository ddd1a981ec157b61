import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Dispatcher } from '../../rpc/dispatcher.js';
import { parseError } from '../../rpc/errors.js';
import { errorText } from '../../rpc/response.js';
import { type ChannelDeps, createChannel } from './channel.js';
import { createJsonSplitter } from './json-splitter.js';
import { ListenError, listenError } from './listen-error.js';

/** The least that any system takes (macOS; Linux takes 107). */
const MAX_PATH_BYTES = 103;
/** A closing client gets this long to read what was written. */
const FLUSH_MS = 2_000;

/** What IPC needs. */
export interface IpcDeps extends ChannelDeps {
  readonly dispatcher: Dispatcher;
  readonly onDropped: (reason: string) => void;
}

/** A listening IPC socket. */
export interface IpcServer {
  /** Stops listening, ends connections, removes the socket file. */
  close(): Promise<void>;
}

const isPipe = (path: string): boolean => path.startsWith('\\\\');

/** A socket file that a killed process left is in nobody's use: the data directory is locked by us. */
function removeStale(path: string): void {
  if (!isPipe(path) && statSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
}

/** Listens on the Unix socket (or Windows pipe) `path`, mode 0600; JSON texts follow each other with or without newlines. Rejects with ListenError. */
export function listenIpc(path: string, deps: IpcDeps): Promise<IpcServer> {
  // BOUNDED: by limits.ipcSockets.
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => serve(socket, sockets, deps));
  server.maxConnections = deps.limits.ipcSockets;

  return new Promise((resolve, reject) => {
    if (!isPipe(path) && Buffer.byteLength(path) > MAX_PATH_BYTES) {
      reject(new ListenError('path-too-long', `the IPC path ${path} is too long: choose a shorter one with --ipcpath`));
      return;
    }
    removeStale(path);
    server.once('error', (cause) => reject(listenError(cause, path, '--ipcpath')));
    // Bound without permissions for others from the first moment on; chmod then names the mode exactly.
    const mask = process.umask(0o177);
    server.listen(path, () => {
      server.on('error', () => undefined);
      if (!isPipe(path)) chmodSync(path, 0o600);
      resolve({ close: () => closeIpc(server, sockets) });
    });
    process.umask(mask);
  });
}

function closeIpc(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroySoon();
    const timeout = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, FLUSH_MS);
    server.once('close', () => clearTimeout(timeout));
  });
}

function serve(socket: Socket, sockets: Set<Socket>, deps: IpcDeps): void {
  sockets.add(socket);
  const splitter = createJsonSplitter(deps.limits.messageBytes);
  const drop = (reason: string): void => {
    deps.onDropped(reason);
    socket.destroy();
  };
  const channel = createChannel(
    {
      send: (texts) => void socket.write(`${texts.join('\n')}\n`),
      waitingBytes: () => socket.writableLength + splitter.heldBytes(),
      drop,
      cut: drop,
    },
    deps.dispatcher,
    deps,
  );
  socket.on('data', (chunk: Buffer) => {
    const texts = splitter.feed(chunk);
    if (texts !== undefined) {
      for (const text of texts) channel.receive(text);
      if (splitter.heldBytes() > 0) channel.gathered();
    } else {
      socket.end(`${errorText(null, parseError())}\n`);
      socket.removeAllListeners('data');
      socket.resume();
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    sockets.delete(socket);
    channel.close();
  });
}
