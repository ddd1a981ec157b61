import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

type Nothing = undefined | null | false;

/** How long a condition may take to come true: many times what it takes, since the machine may be busy. */
export const PATIENCE_MS = 60_000;

/**
 * The first value of `probe` that is neither undefined, null (JSON-RPC's word for unknown) nor false, asked again and
 * again. A probe that throws is asked again too; after the deadline the error names `what` and the last failure.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | Nothing | Promise<T | Nothing>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let failure: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
      failure = undefined;
    } catch (cause) {
      failure = cause;
    }
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs / 1000} s: ${what}`, failure === undefined ? {} : { cause: failure });
    }
    await delay(POLL_MS);
  }
}
