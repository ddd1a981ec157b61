/** A value that JSON can hold. Members that are undefined are left out. No bigint: quantities are hex strings. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** JSON that is text already, so that it is serialised once and can be kept. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Lets a serialiser that does not know this class write the same answer. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** An answer that is not known yet. It settles once; what was registered before or after that is called all the same. */
export class Later {
  #outcome: (() => Json) | undefined;
  #listener: ((outcome: () => Json) => void) | undefined;

  /** `outcome` yields the result or throws the error. The first call counts. */
  settle(outcome: () => Json): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#listener?.(outcome);
  }

  /** Settles as the answer that `next` gives does, or with what `next` throws. */
  follow(next: () => Later): void {
    try {
      next().onSettled((outcome) => this.settle(outcome));
    } catch (error) {
      this.settle(() => {
        throw error;
      });
    }
  }

  /** At most one listener; called at once if settled. */
  onSettled(listener: (outcome: () => Json) => void): void {
    if (this.#outcome !== undefined) listener(this.#outcome);
    else this.#listener = listener;
  }
}

/** What a method may return. */
export type Answer = Json | RawJson | Later;

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
