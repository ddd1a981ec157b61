import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Every socket that `server` has, those included that became something else by an upgrade and that it forgot. */
export function socketsOf(server: Server): ReadonlySet<Socket> {
  // BOUNDED: by server.maxConnections.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Takes no more, lets what is under way finish, and destroys what is left after `graceMs`. Always resolves. */
export function closeHttp(server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
      resolve();
    }, graceMs);
    server.close(() => {
      clearTimeout(timeout);
      resolve();
    });
    server.closeIdleConnections();
  });
}
