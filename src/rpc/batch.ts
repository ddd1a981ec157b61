import type { DispatchLimits, Reply } from './dispatcher.js';
import { requestTimedOut, responseTooLarge } from './errors.js';
import { isObject } from './json.js';
import type { Call } from './method.js';
import { errorText, idOf } from './response.js';

/** Calls between two turns of the event loop: some milliseconds of work, as dear as calls can be. */
const CALLS_PER_SLICE = 32;

/** Answers one call of a batch; `reply` may come later. */
type Single = (request: unknown, call: Call, reply: Reply) => void;

/** A call that asks for no answer. */
const isNotification = (request: unknown): boolean =>
  isObject(request) && request.id === undefined && typeof request.method === 'string';

/** A batch under way. Its calls run in order, some at each {@link BatchRun.advance}; the reply goes out after the last. */
export class BatchRun {
  readonly #requests: readonly unknown[];
  readonly #single: Single;
  readonly #call: Call;
  readonly #limits: DispatchLimits;
  readonly #reply: Reply;
  readonly #answers: (string | undefined)[];
  #next = 0;
  #open = 0;
  #length = 0;

  constructor(requests: readonly unknown[], single: Single, call: Call, limits: DispatchLimits, reply: Reply) {
    this.#requests = requests;
    this.#single = single;
    this.#call = call;
    this.#limits = limits;
    this.#reply = reply;
    this.#answers = new Array<string | undefined>(requests.length);
  }

  /** Runs the next calls; false when none is left to start. What is left at the deadline is answered with a timeout. */
  advance(nowMs: number): boolean {
    const end = Math.min(this.#requests.length, this.#next + CALLS_PER_SLICE);
    const call = { nowMs, session: this.#call.session };
    const late = nowMs > this.#call.nowMs + this.#limits.batchMs;
    this.#open++;
    for (; this.#next < end; this.#next++) this.#run(this.#next, call, late);
    this.#close();
    return this.#next < this.#requests.length;
  }

  #run(at: number, call: Call, late: boolean): void {
    const request = this.#requests[at];
    if (late || this.#length > this.#limits.responseLength) {
      const error = late ? requestTimedOut() : responseTooLarge(this.#limits.responseLength);
      if (!isNotification(request)) this.#answers[at] = errorText(idOf(request), error);
      return;
    }
    this.#open++;
    this.#single(request, call, (text) => {
      this.#take(at, text);
      this.#close();
    });
  }

  #take(at: number, text: string | undefined): void {
    if (text === undefined) return;
    this.#length += text.length;
    this.#answers[at] =
      this.#length <= this.#limits.responseLength
        ? text
        : errorText(idOf(this.#requests[at]), responseTooLarge(this.#limits.responseLength));
  }

  #close(): void {
    this.#open--;
    if (this.#open > 0 || this.#next < this.#requests.length) return;
    const texts = this.#answers.filter((text) => text !== undefined);
    this.#reply(texts.length === 0 ? undefined : `[${texts.join(',')}]`);
  }
}
