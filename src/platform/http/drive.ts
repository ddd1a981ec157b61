import type { Dispatcher, Reply } from '../../rpc/dispatcher.js';
import type { Session } from '../../rpc/session.js';
import { laterTurn, TURN_MS } from './turns.js';

/** What a batch has of its first turn, in which it is parsed: nearly all are done in it. */
const FIRST_TURN_MS = 1;

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
  const resume = (): void => laterTurn(turn);
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
