import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Dispatcher } from '../../rpc/dispatcher.js';
import { type AccessRules, hostAllowed, originAllowed } from './access.js';
import { type ChannelDeps, createChannel } from './channel.js';

/** Close codes of RFC 6455. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;
/** A dropped client gets this long to take the close frame, a refused one to take the refusal. */
const CLOSE_GRACE_MS = 2_000;

/** What came of a message is counted from here on: nearly all come as one piece. */
const COUNTED_BYTES = 128 * 1024;

/** Of a ping or pong from a client, beside its content (RFC 6455, 5.2): they are no part of a message, and may come amid one. */
const CONTROL_HEADER_BYTES = 6;

/** What WebSockets need. */
export interface WebSocketDeps extends ChannelDeps {
  /** Whose methods a caller with this Authorization header may use; undefined: the header is wrong. */
  readonly admit: (authorization: string | undefined) => Dispatcher | undefined;
  readonly access: AccessRules;
}

/** The WebSocket side of an HTTP server. */
export interface WebSockets {
  /** Closes every connection with 1001 and `reason`, and takes no more. */
  close(reason: string): void;
}

/** After an upgrade the socket is nobody's: no timeout of HTTP ends it, and it would stay half open as long as the client likes. */
function refuseUpgrade(socket: Duplex, status: string): void {
  // Before the refusal there may be answers that the client never reads.
  const timeout = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS);
  socket.once('close', () => clearTimeout(timeout));
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Lets `server` accept WebSockets on any path. */
export function attachWebSockets(server: Server, deps: WebSocketDeps): WebSockets {
  const { access, limits } = deps;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    if (!hostAllowed(request.headers.host, access)) refuseUpgrade(socket, '403 Forbidden');
    else if (!originAllowed(request.headers.origin, access)) refuseUpgrade(socket, '403 Forbidden');
    else if (sockets.clients.size >= limits.webSockets) refuseUpgrade(socket, '503 Service Unavailable');
    else {
      const dispatcher = deps.admit(request.headers.authorization);
      if (dispatcher === undefined) refuseUpgrade(socket, '401 Unauthorized');
      else sockets.handleUpgrade(request, socket, head, (client) => serve(client, socket, dispatcher));
    }
  };
  server.on('upgrade', onUpgrade);

  function serve(client: WebSocket, socket: Duplex, dispatcher: Dispatcher): void {
    let partialBytes = 0;
    let isWhole = false;
    const channel = createChannel(
      {
        send(texts) {
          // What is sent while it closes is only counted, never freed.
          if (client.readyState !== client.OPEN) return;
          // One write for all: the system is asked once, not for each.
          socket.cork();
          for (const text of texts) client.send(text);
          socket.uncork();
        },
        waitingBytes: () => client.bufferedAmount + partialBytes,
        drop: (reason) => closeSoon(client, TRY_AGAIN_LATER, reason),
        cut: () => client.terminate(),
      },
      dispatcher,
      deps,
    );
    let alive = true;
    const pinging = setInterval(() => {
      if (!alive) {
        client.terminate();
        return;
      }
      alive = false;
      client.ping();
    }, limits.pingMs);
    client.on('pong', (data) => {
      alive = true;
      partialBytes -= CONTROL_HEADER_BYTES + data.length;
    });
    client.on('ping', (data) => {
      partialBytes -= CONTROL_HEADER_BYTES + data.length;
    });
    // Text or binary, as geth takes them: web3.py sends JSON in binary frames. One buffer each: `ws` joins fragments.
    client.on('message', (data) => {
      alive = true;
      partialBytes = 0;
      isWhole = true;
      channel.receive(data.toString());
    });
    // `ws` has looked at the chunk before: what may follow the end of a message in it is not worth counting.
    socket.on('data', (chunk: Buffer) => {
      if (!isWhole) partialBytes += chunk.length;
      isWhole = false;
      if (partialBytes > COUNTED_BYTES) channel.gathered();
    });
    // Broken frames and too large ones: `ws` closes with the fitting code by itself.
    client.on('error', () => undefined);
    client.on('close', () => {
      clearInterval(pinging);
      channel.close();
    });
  }

  return {
    close(reason) {
      server.off('upgrade', onUpgrade);
      for (const client of sockets.clients) closeSoon(client, GOING_AWAY, reason);
      sockets.close();
    },
  };
}

function closeSoon(client: WebSocket, code: number, reason: string): void {
  client.close(code, reason);
  const timeout = setTimeout(() => client.terminate(), CLOSE_GRACE_MS);
  client.once('close', () => clearTimeout(timeout));
}
