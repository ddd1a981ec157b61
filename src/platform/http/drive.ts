import type { Dispatcher, Reply } from '../../rpc/dispatcher.js';
import type { Session } from '../../rpc/session.js';

/** A batch keeps the event loop for so long, and for the call under way then: a turn of 32 of the dearest took seconds. */
const TURN_MS = 10;

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
  const turn = (): void => {
    const beganMs = nowMs();
    for (let now = beganMs; now < beganMs + TURN_MS; now = nowMs()) {
      if (gone() || !run.advance(now, later)) return;
    }
    later();
  };
  const later = (): void => void setImmediate(turn);
  turn();
}
