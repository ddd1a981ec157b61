import type { Dispatcher, Reply } from '../../rpc/dispatcher.js';
import type { Session } from '../../rpc/session.js';

/** Runs `work` as a step of the node and carries out what it led to. */
export type Execute = <T>(work: (nowMs: number) => T) => T;

/** Answers `text`; a batch is sliced over turns of the event loop, so that other clients and the network get theirs. */
export function drive(
  dispatcher: Dispatcher,
  execute: Execute,
  text: string,
  session: Session | undefined,
  reply: Reply,
): void {
  const run = execute((nowMs) => dispatcher.receive(text, { nowMs, session }, reply));
  if (run === undefined) return;
  const advance = (): void => {
    if (execute((nowMs) => run.advance(nowMs))) setImmediate(advance);
  };
  advance();
}
