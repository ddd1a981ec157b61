import type { Dispatcher } from '../../rpc/dispatcher.js';
import { ErrorCode, RpcError } from '../../rpc/errors.js';
import { errorText } from '../../rpc/response.js';
import type { Session } from '../../rpc/session.js';
import { drive } from './drive.js';
import type { TransportLimits } from './limits.js';
import { inTurn } from './turns.js';
import type { UnreadTally } from './unread.js';

/** A two-way connection: what WebSocket and IPC have in common. */
export interface Wire {
  /** Sends each as a message. */
  send(texts: readonly string[]): void;
  /** Bytes handed over and not yet taken by the system, and those of a message that has not come to its end. */
  waitingBytes(): number;
  /** Ends the connection and, where the transport can, tells the client why. */
  drop(reason: string): void;
  /** Ends the connection at once. */
  cut(reason: string): void;
}

/** What channels need beside their connection. */
export interface ChannelDeps {
  readonly nowMs: () => number;
  readonly limits: TransportLimits;
  readonly unread: UnreadTally;
  /** Told once of each session that ends. */
  readonly onClosed: (session: Session) => void;
}

/** Serves one connection. */
export interface Channel {
  /** Answers one message. */
  receive(text: string): void;
  /** To be called when more of a message came that is not whole yet. */
  gathered(): void;
  /** To be called when the connection is gone: nothing more is sent, and batches under way stop. */
  close(): void;
  readonly session: Session;
}

const TOO_MANY = errorText(
  null,
  new RpcError(ErrorCode.limit, 'too many calls in flight', 'wait for answers before sending more on one connection'),
);

const SLOW = 'slow consumer: messages were not read in time, or not sent to their end';

/**
 * Creates a channel over `wire`. Notifications keep behind the answer to a batch that is under way, so that a
 * subscription's id always comes before its first event. A client that does not read is dropped, never silently skipped.
 */
export function createChannel(
  wire: Wire,
  dispatcher: Dispatcher,
  { nowMs, limits, unread, onClosed }: ChannelDeps,
): Channel {
  let inFlight = 0;
  let driving = 0;
  // BOUNDED: by limits.unreadBytes in characters; over it the client is dropped.
  let held: string[] = [];
  let heldLength = 0;
  /** Characters of messages that wait for their turn. */
  let queuedLength = 0;
  // Once true, nothing is written or run for this client.
  let over = false;

  const unreadBytes = (): number => wire.waitingBytes() + heldLength + queuedLength;
  const place = unread.join({
    unreadBytes,
    cut() {
      end();
      wire.cut(SLOW);
    },
  });

  function write(texts: readonly string[]): void {
    if (over) return;
    wire.send(texts);
    checkUnread();
  }

  function end(): void {
    if (over) return;
    over = true;
    held = [];
    heldLength = 0;
    onClosed(session);
  }

  function checkUnread(): void {
    if (over) return;
    if (unreadBytes() > limits.unreadBytes) {
      end();
      wire.drop(SLOW);
    }
    // A dropped client counts until it is gone.
    place.grew();
  }

  function release(): void {
    const texts = held;
    held = [];
    heldLength = 0;
    write(texts);
  }

  const session: Session = {
    notify(texts) {
      if (over) return;
      if (driving === 0) {
        write(texts);
        return;
      }
      for (const text of texts) {
        held.push(text);
        heldLength += text.length;
      }
      checkUnread();
    },
  };

  const gone = (): boolean => over;

  function answer(text: string): void {
    if (inFlight >= limits.callsInFlight) {
      write([TOO_MANY]);
      return;
    }
    inFlight++;
    const isBatch = text.trimStart().startsWith('[');
    if (isBatch) driving++;
    drive(dispatcher, nowMs, text, session, gone, (reply) => {
      inFlight--;
      if (reply !== undefined) write([reply]);
      if (isBatch && --driving === 0) release();
    });
  }

  return {
    session,
    gathered: checkUnread,
    close() {
      end();
      place.leave();
    },
    receive(text) {
      if (over) return;
      queuedLength += text.length;
      const taken = inTurn(() => {
        queuedLength -= text.length;
        if (!over) answer(text);
      });
      if (!taken) {
        queuedLength -= text.length;
        write([TOO_MANY]);
      } else if (queuedLength > 0) checkUnread();
    },
  };
}
