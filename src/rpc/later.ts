import type { CommandResult } from './backend.js';
import { serverError } from './errors.js';
import { type Json, Later } from './json.js';

/** The answer of a command that takes a while: `result` once `run` says that it went well, else its error with `hint`. */
export function commandAnswer(run: (done: (result: CommandResult) => void) => void, result: Json, hint: string): Later {
  const later = new Later();
  run((outcome) =>
    later.settle(() => {
      if (!outcome.ok) throw serverError(outcome.error, hint);
      return result;
    }),
  );
  return later;
}
