import { createServer } from 'node:http';
import { closeHttp, socketsOf } from './close-http.js';
import { createHttpHandler, type HttpHandlerDeps } from './http-handler.js';
import { listenError } from './listen-error.js';
import { attachWebSockets, type WebSocketDeps } from './websocket.js';

/** Requests under way get this long when the server closes. */
const CLOSE_GRACE_MS = 2_000;

/** Where to listen, and whether WebSockets are taken on the same port. */
export interface HttpAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly webSockets: boolean;
}

/** A listening HTTP server. */
export interface HttpServer {
  readonly port: number;
  /** Takes WebSockets from now on; false if it does already. */
  startWebSockets(deps: WebSocketDeps): boolean;
  /** Ends WebSockets with a reason and takes no more. */
  stopWebSockets(): void;
  /** Ends WebSockets with a reason, lets requests finish for a moment, closes everything. */
  close(): Promise<void>;
}

/** Starts to listen; rejects with ListenError. */
export async function listenHttp(address: HttpAddress, deps: HttpHandlerDeps & WebSocketDeps): Promise<HttpServer> {
  const { limits } = deps;
  const server = createServer(
    {
      keepAlive: true,
      keepAliveTimeout: limits.idleMs,
      headersTimeout: limits.requestMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(5_000, limits.requestMs),
      noDelay: true,
    },
    createHttpHandler(deps),
  );
  server.timeout = limits.stalledMs;
  server.maxConnections = limits.sockets;
  const sockets = socketsOf(server);
  let webSockets = address.webSockets ? attachWebSockets(server, deps) : undefined;

  return new Promise((resolve, reject) => {
    const where = `${address.host}:${address.port}`;
    server.once('error', (cause) => reject(listenError(cause, where, '--http.addr and --http.port')));
    server.listen(address.port, address.host, () => {
      // What fails later is one connection (no file descriptor left), not the server.
      server.on('error', () => undefined);
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
        startWebSockets(others) {
          if (webSockets !== undefined) return false;
          webSockets = attachWebSockets(server, others);
          return true;
        },
        stopWebSockets() {
          webSockets?.close('WebSockets are off from now on');
          webSockets = undefined;
        },
        close() {
          webSockets?.close('the node is shutting down');
          return closeHttp(server, sockets, CLOSE_GRACE_MS);
        },
      });
    });
  });
}
