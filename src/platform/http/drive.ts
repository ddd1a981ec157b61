import type { Dispatcher, Reply } from '../../rpc/dispatcher.js';
import type { Session } from '../../rpc/session.js';

/** A batch keeps the event loop for so long, and for the call under way then: a turn of 32 of the dearest took seconds. */
const TURN_MS = 10;
/** Of its first turn, which does not wait for those of others: nearly all batches are done in it. */
const FIRST_TURN_MS = 1;

// BOUNDED: by the calls that the clients of a process may have under way.
const waiting: (() => void)[] = [];

/** One batch a turn of the event loop, whoever sent it: a hundred together would keep it for a second. */
function later(turn: () => void): void {
  waiting.push(turn);
  if (waiting.length === 1) setImmediate(next);
}

function next(): void {
  const turn = waiting.shift();
  if (waiting.length > 0) setImmediate(next);
  turn?.();
}

/**
 * Answers `text`; a batch is sliced over turns of the event loop, so that other clients and the network get theirs. It stops
 * at the next turn when its client is `gone`, and then there may be no reply.
 */
export function drive(
  dispatcher: Dispatcher,
  nowMs: () => number,
  text: string,
  session: Session | undefined,
  gone: () => boolean,
  reply: Reply,
): void {
  const run = dispatcher.receive(text, { nowMs: nowMs(), session }, reply);
  if (run === undefined) return;
  let turnMs = FIRST_TURN_MS;
  const resume = (): void => later(turn);
  const turn = (): void => {
    if (gone()) {
      run.abandon();
      return;
    }
    const beganMs = nowMs();
    for (let now = beganMs; now < beganMs + turnMs; now = nowMs()) {
      if (!run.advance(now, resume)) return;
    }
    turnMs = TURN_MS;
    resume();
  };
  turn();
}
