import type { Dispatcher, Reply } from '../../rpc/dispatcher.js';
import type { Session } from '../../rpc/session.js';

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
  const advance = (): void => {
    if (!gone() && run.advance(nowMs(), later)) later();
  };
  const later = (): void => void setImmediate(advance);
  advance();
}
