import type { DispatchLimits, Reply } from './dispatcher.js';
import { type RpcError, requestTimedOut, responseTooLarge, tooManyAnswers } from './errors.js';
import { isObject } from './json.js';
import type { Call } from './method.js';
import { errorText, idOf } from './response.js';

/** Answers one call of a batch; `reply` may come later. */
type Single = (request: unknown, call: Call, reply: Reply) => void;

/** Characters of the answers that batches hold until their last call is answered: those of all clients together. */
export interface HeldAnswers {
  length: number;
}

/** A call that asks for no answer. */
const isNotification = (request: unknown): boolean =>
  isObject(request) && request.id === undefined && typeof request.method === 'string';

/** The method of a request as it came; undefined if it names none. */
const methodOf = (request: unknown): unknown => (isObject(request) ? request.method : undefined);

/**
 * A batch under way. Its calls run in order, one at each {@link BatchRun.advance}; the reply goes out after the last.
 * A call sees what the calls before it did: it waits for answers that take a while, unless they are to calls of the same
 * method, which runs them in order itself (a batch of transactions).
 */
export class BatchRun {
  readonly #requests: readonly unknown[];
  readonly #single: Single;
  readonly #call: Call;
  readonly #limits: DispatchLimits;
  readonly #held: HeldAnswers;
  readonly #reply: Reply;
  /** Undefined once nobody waits for them. */
  #answers: (string | undefined)[] | undefined;
  #next = 0;
  #open = 0;
  #openMethod: unknown;
  #length = 0;
  #resume: (() => void) | undefined;

  constructor(
    requests: readonly unknown[],
    single: Single,
    call: Call,
    limits: DispatchLimits,
    held: HeldAnswers,
    reply: Reply,
  ) {
    this.#requests = requests;
    this.#single = single;
    this.#call = call;
    this.#limits = limits;
    this.#held = held;
    this.#reply = reply;
    this.#answers = new Array<string | undefined>(requests.length);
  }

  /**
   * Runs the next call; true if it is to be called again, at once or after others had a turn. Where the next call has to
   * wait, `resume` is called when it can run. What is left at the deadline is answered with a timeout.
   */
  advance(nowMs: number, resume: () => void): boolean {
    if (this.#open > 0 && methodOf(this.#requests[this.#next]) !== this.#openMethod) {
      this.#resume = resume;
      return false;
    }
    const late = nowMs > this.#call.nowMs + this.#limits.batchMs;
    this.#run(this.#next++, { nowMs, session: this.#call.session }, late);
    this.#finish();
    return this.#next < this.#requests.length;
  }

  /** Forgets what was answered so far: nobody is there any more to read it. */
  abandon(): void {
    this.#held.length -= this.#length;
    this.#length = 0;
    this.#answers = undefined;
  }

  #run(at: number, call: Call, late: boolean): void {
    const request = this.#requests[at];
    const refusal = late ? requestTimedOut() : this.#refusal();
    if (refusal !== undefined) {
      if (this.#answers !== undefined && !isNotification(request))
        this.#answers[at] = errorText(idOf(request), refusal);
      return;
    }
    let returned = false;
    let answered = false;
    this.#single(request, call, (text) => {
      answered = true;
      this.#take(at, text);
      if (returned) this.#close();
    });
    returned = true;
    if (answered) return;
    this.#open++;
    this.#openMethod = methodOf(request);
  }

  /** Why no more calls are run; undefined while there is room for answers. */
  #refusal(): RpcError | undefined {
    const { responseLength, heldLength } = this.#limits;
    if (this.#length > responseLength) return responseTooLarge(responseLength);
    return this.#held.length > heldLength ? tooManyAnswers() : undefined;
  }

  #take(at: number, text: string | undefined): void {
    if (text === undefined || this.#answers === undefined) return;
    this.#length += text.length;
    this.#held.length += text.length;
    this.#answers[at] =
      this.#length <= this.#limits.responseLength
        ? text
        : errorText(idOf(this.#requests[at]), responseTooLarge(this.#limits.responseLength));
  }

  #close(): void {
    this.#open--;
    const resume = this.#resume;
    if (this.#open > 0) return;
    this.#resume = undefined;
    if (resume === undefined) this.#finish();
    else resume();
  }

  #finish(): void {
    if (this.#open > 0 || this.#next < this.#requests.length) return;
    const texts = this.#answers?.filter((text) => text !== undefined) ?? [];
    this.abandon();
    this.#reply(texts.length === 0 ? undefined : `[${texts.join(',')}]`);
  }
}
