import type { Dispatcher } from '../../rpc/dispatcher.js';
import { ErrorCode, RpcError } from '../../rpc/errors.js';
import type { Json } from '../../rpc/json.js';
import { errorText } from '../../rpc/response.js';
import type { Session } from '../../rpc/session.js';
import { drive } from './drive.js';
import type { TransportLimits } from './limits.js';

/** A two-way connection: what WebSocket and IPC have in common. */
export interface Wire {
  send(text: string): void;
  /** Bytes handed over and not yet taken by the system. */
  unreadBytes(): number;
  /** Ends the connection and, where the transport can, tells the client why. */
  drop(reason: string): void;
}

/** Serves one connection. */
export interface Channel {
  /** Answers one message. */
  receive(text: string): void;
  /** To be called when the connection is gone: nothing more is sent, and batches under way stop. */
  close(): void;
  readonly session: Session;
}

const TOO_MANY = errorText(
  null,
  new RpcError(ErrorCode.limit, 'too many calls in flight', 'wait for answers before sending more on one connection'),
);

/**
 * Creates a channel over `wire`. Notifications keep behind the answer to a batch that is under way, so that a
 * subscription's id always comes before its first event. A client that does not read is dropped, never silently skipped.
 */
export function createChannel(
  wire: Wire,
  dispatcher: Dispatcher,
  nowMs: () => number,
  limits: TransportLimits,
): Channel {
  let inFlight = 0;
  let driving = 0;
  // BOUNDED: by limits.unreadBytes in characters; over it the client is dropped.
  let held: string[] = [];
  let heldLength = 0;
  // Once true, nothing is written or run for this client.
  let over = false;

  function write(text: string): void {
    if (over) return;
    wire.send(text);
    checkUnread();
  }

  function close(): void {
    over = true;
    held = [];
    heldLength = 0;
  }

  function checkUnread(): void {
    if (over || wire.unreadBytes() + heldLength <= limits.unreadBytes) return;
    close();
    wire.drop('slow consumer: messages were not read in time');
  }

  function release(): void {
    const texts = held;
    held = [];
    heldLength = 0;
    for (const text of texts) write(text);
  }

  const session: Session = {
    notify(method: string, params: Json) {
      if (over) return;
      const text = JSON.stringify({ jsonrpc: '2.0', method, params });
      if (driving === 0) {
        write(text);
        return;
      }
      held.push(text);
      heldLength += text.length;
      checkUnread();
    },
  };

  const gone = (): boolean => over;

  return {
    session,
    close,
    receive(text) {
      if (over) return;
      if (inFlight >= limits.callsInFlight) {
        write(TOO_MANY);
        return;
      }
      inFlight++;
      const isBatch = text.trimStart().startsWith('[');
      if (isBatch) driving++;
      drive(dispatcher, nowMs, text, session, gone, (reply) => {
        inFlight--;
        if (reply !== undefined) write(reply);
        if (isBatch && --driving === 0) release();
      });
    },
  };
}
