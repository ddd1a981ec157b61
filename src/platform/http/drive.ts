import type { Dispatcher, Reply } from '../../rpc/dispatcher.js';
import type { Session } from '../../rpc/session.js';

/** Answers `text`; a batch is sliced over turns of the event loop, so that other clients and the network get theirs. */
export function drive(
  dispatcher: Dispatcher,
  nowMs: () => number,
  text: string,
  session: Session | undefined,
  reply: Reply,
): void {
  const run = dispatcher.receive(text, { nowMs: nowMs(), session }, reply);
  if (run === undefined) return;
  const advance = (): void => {
    if (run.advance(nowMs(), later)) later();
  };
  const later = (): void => void setImmediate(advance);
  advance();
}
