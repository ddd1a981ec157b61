import { createServer, type Server, Socket } from 'node:net';
import type { ConnId, DialFailure, NetInput, NetOutput } from '../net/io.js';
import type { SocketAddress } from '../types/endpoint.js';

/** Bytes that may wait in a stream's send buffer before the node is told `stream-full`. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** How long a closing stream may take to flush its last message (a Disconnect). */
const FLUSH_TIMEOUT_MS = 2_000;
/** Sockets beside those of peers: in their handshakes, or being closed. */
const SPARE_SOCKETS = 462;

/** The real TCP side of the node's contract. */
export interface TcpHost {
  /** Starts to accept on `address`; rejects with the system's error (`EADDRINUSE`, ...). Returns the port in use. */
  listen(address: SocketAddress): Promise<number>;
  /** Carries out a stream output. */
  perform(output: Extract<NetOutput, { kind: 'dial' | 'stream-write' | 'stream-close' | 'stream-pause' }>): void;
  /** Stops accepting and closes every stream; resolves when all are gone. */
  close(): Promise<void>;
  openStreams(): number;
}

/** How many sockets a node with so many peers may have. */
export const socketsFor = (maxPeers: number): number => maxPeers + SPARE_SOCKETS;

function dialFailure(code: string | undefined): DialFailure {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL') return 'unreachable';
  return 'local-error';
}

/** IPv4 addresses seen through a dual-stack socket are given in their dotted form. */
function plainIp(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip;
}

/** Our end of an open socket, to be spread into `stream-opened`. */
function localOf(socket: Socket): { readonly local?: SocketAddress } {
  const { localAddress: ip, localPort: port } = socket;
  return ip === undefined || port === undefined ? {} : { local: { ip: plainIp(ip), port } };
}

/**
 * Creates the host; every event goes to `deliver`, which runs a step of the node. Accepted sockets beyond `maxSockets`
 * are closed at once, before the node hears of them.
 */
export function createTcpHost(deliver: (input: NetInput) => void, maxSockets = socketsFor(50)): TcpHost {
  // BOUNDED: by maxSockets for accepted streams and by the node's own dial limit for dialed ones.
  const sockets = new Map<ConnId, Socket>();
  let nextInbound: ConnId = 2;
  let server: Server | undefined;

  function attach(conn: ConnId, socket: Socket): void {
    socket.setNoDelay(true);
    let full = false;
    let error: string | undefined;
    socket.on('data', (data) => deliver({ kind: 'stream-data', conn, data: data as Uint8Array }));
    socket.on('drain', () => {
      if (!full) return;
      full = false;
      deliver({ kind: 'stream-drained', conn });
    });
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.message;
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      sockets.delete(conn);
      deliver({ kind: 'stream-closed', conn, error });
    });
    fullChecks.set(conn, () => {
      if (full || socket.writableLength < HIGH_WATER_BYTES) return;
      full = true;
      deliver({ kind: 'stream-full', conn });
    });
    socket.once('close', () => fullChecks.delete(conn));
  }
  const fullChecks = new Map<ConnId, () => void>();

  function accept(socket: Socket): void {
    const ip = socket.remoteAddress;
    const port = socket.remotePort;
    if (ip === undefined || port === undefined || sockets.size >= maxSockets) {
      socket.destroy();
      return;
    }
    const conn = nextInbound;
    nextInbound += 2;
    sockets.set(conn, socket);
    attach(conn, socket);
    deliver({ kind: 'stream-opened', conn, remote: { ip: plainIp(ip), port }, direction: 'in', ...localOf(socket) });
  }

  function dial(conn: ConnId, to: SocketAddress, timeoutMs: number): void {
    const socket = new Socket();
    sockets.set(conn, socket);
    let settled = false;
    const fail = (failure: DialFailure): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timeout);
      sockets.delete(conn);
      socket.destroy();
      deliver({ kind: 'dial-failed', conn, failure });
    };
    const timeout = setTimeout(() => fail('timeout'), timeoutMs);
    const onError = (cause: NodeJS.ErrnoException): void => fail(dialFailure(cause.code));
    const onClose = (): void => fail('local-error');
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.connect({ host: to.ip, port: to.port }, () => {
      settled = true;
      clearTimeout(timeout);
      socket.off('error', onError);
      socket.off('close', onClose);
      attach(conn, socket);
      deliver({ kind: 'stream-opened', conn, remote: to, direction: 'out', ...localOf(socket) });
    });
  }

  function closeStream(conn: ConnId, abort: boolean): void {
    const socket = sockets.get(conn);
    if (socket === undefined) return;
    if (abort) {
      socket.destroy();
      return;
    }
    // To close with unread bytes would send a reset, and a reset can overtake the Disconnect that was just written.
    const timeout = setTimeout(() => socket.destroy(), FLUSH_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(timeout));
    socket.removeAllListeners('data');
    socket.resume();
    socket.end();
  }

  return {
    listen: ({ ip, port }) =>
      new Promise((resolve, reject) => {
        const listening = createServer(accept);
        listening.once('error', reject);
        listening.listen({ host: ip, port }, () => {
          listening.off('error', reject);
          listening.on('error', () => undefined);
          server = listening;
          const address = listening.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
    perform(output) {
      if (output.kind === 'dial') dial(output.conn, output.to, output.timeoutMs);
      else if (output.kind === 'stream-close') closeStream(output.conn, output.abort);
      else if (output.kind === 'stream-pause') {
        const socket = sockets.get(output.conn);
        if (output.paused) socket?.pause();
        else socket?.resume();
      } else {
        sockets.get(output.conn)?.write(output.data);
        fullChecks.get(output.conn)?.();
      }
    },
    openStreams: () => sockets.size,
    async close() {
      const closed = [...sockets.values()].map(
        (socket) =>
          new Promise<void>((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve()))),
      );
      if (server !== undefined) {
        const stopping = server;
        closed.push(new Promise((resolve) => stopping.close(() => resolve())));
      }
      for (const socket of sockets.values()) socket.destroySoon();
      const deadline = setTimeout(() => {
        for (const socket of sockets.values()) socket.destroy();
      }, FLUSH_TIMEOUT_MS);
      await Promise.all(closed);
      clearTimeout(deadline);
    },
  };
}
