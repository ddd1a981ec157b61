import type { Socket } from 'node:net';
import { drive } from './drive.js';
import type { HttpHandlerDeps } from './http-handler.js';
import { createPlainCalls } from './plain-call.js';
import type { UnreadAnswers } from './unread.js';

/** The part of an HTTP server that answers plain calls by itself. */
export interface PlainLane {
  /** Serves a new connection, until something comes that is no plain call. */
  take(socket: Socket): void;
  /** Closes idle connections now, the others when they are answered. */
  close(): void;
  /** Closes what is left. */
  destroy(): void;
}

/**
 * Creates the lane. node:http costs several times what a call costs us, so that calls as programs send them, whole and
 * with few headers, are read from the socket and answered on it with the bytes that node:http would send. At whatever is
 * not such a call a connection goes to `handOver` with the bytes in question put back, and stays there: node:http alone
 * decides what is right HTTP.
 */
export function createPlainLane(
  { admit, nowMs, access, limits }: HttpHandlerDeps,
  unread: UnreadAnswers,
  handOver: (socket: Socket) => void,
): PlainLane {
  const calls = createPlainCalls(access, limits.httpBodyBytes);
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(limits.idleMs / 1000)}\r\n\r\n`;
  const contentHead = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ';
  const noContent = `HTTP/1.1 204 No Content\r\n${keepAlive}`;
  // BOUNDED: by limits.sockets, as each holds an open socket. What is to be done at the end of the server.
  const enders = new Map<Socket, () => void>();
  let closing = false;

  /** False if the client does not read as fast as we write. */
  function write(socket: Socket, text: string | undefined): boolean {
    if (text === undefined) return socket.write(noContent, 'latin1');
    const body = unread.allowed(text);
    const length = Buffer.byteLength(body);
    const bytes = `${contentHead}${length}\r\n${keepAlive}${body}`;
    return socket.write(bytes, length === body.length ? 'latin1' : 'utf8', unread.count(body));
  }

  function take(socket: Socket): void {
    let answering = false;
    let ended = false;
    let patienceMs = 0;
    /** What came before the last answer; nothing more is read meanwhile. */
    let early: Buffer | undefined;

    /** Lets the connection live for so long without a byte that moves. */
    function bearFor(ms: number): void {
      if (ms === patienceMs) return;
      patienceMs = ms;
      socket.setTimeout(ms);
    }

    function onData(chunk: Buffer): void {
      if (answering) {
        early = chunk;
        socket.pause();
        return;
      }
      const text = calls.bodyOf(chunk);
      const dispatcher = text === undefined ? undefined : admit(undefined);
      if (text === undefined || dispatcher === undefined) {
        leave(chunk);
        return;
      }
      answering = true;
      drive(dispatcher, nowMs, text, undefined, answer);
    }

    function answer(text: string | undefined): void {
      answering = false;
      if (socket.destroyed) return;
      bearFor(write(socket, text) ? limits.idleMs : limits.stalledMs);
      if (closing || ended) socket.end();
      else if (early !== undefined) leave(early);
    }

    function onEnd(): void {
      ended = true;
      if (!answering) socket.end();
    }

    function onDrain(): void {
      bearFor(limits.idleMs);
    }

    function onTimeout(): void {
      socket.destroy();
    }

    /** An 'error' is followed by 'close', and is the client's affair. */
    function onError(): void {}

    function onClose(): void {
      enders.delete(socket);
    }

    const listeners = {
      data: onData,
      end: onEnd,
      drain: onDrain,
      timeout: onTimeout,
      error: onError,
      close: onClose,
    };

    function leave(chunk: Buffer): void {
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
      onClose();
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(chunk);
      handOver(socket);
      socket.resume();
    }

    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
    enders.set(socket, () => {
      if (!answering) socket.destroy();
    });
    // Who sends nothing at first has less time than who has been a client.
    bearFor(limits.requestMs);
  }

  return {
    take,
    close() {
      closing = true;
      for (const end of enders.values()) end();
    },
    destroy() {
      for (const socket of enders.keys()) socket.destroy();
    },
  };
}
