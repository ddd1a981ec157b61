/**
 * Calls may keep the event loop for so long in one of its turns, and for the one under way then; so may a batch. What else
 * there is waits for the next turn, so that the network gets its own in between: a hundred clients who ask for something
 * dear at the same time kept it from its peers for ten seconds.
 */
export const TURN_MS = 10;
/** Calls that may wait. A burst of one client on one connection may be thousands. */
const MAX_WAITING = 16_384;

// BOUNDED: by MAX_WAITING.
const calls: (() => void)[] = [];
// BOUNDED: by the calls under way that the transports let clients have.
const batches: (() => void)[] = [];
/** When the calls of this turn of the loop have had their time; undefined before the first. */
let callsEndMs: number | undefined;
let isAwake = false;

/** Runs `call` now, or when it is its turn; false, and nothing is run, if too many wait. */
export function inTurn(call: () => void): boolean {
  if (calls.length === 0 && callsHaveTime()) {
    call();
    return true;
  }
  if (calls.length >= MAX_WAITING) return false;
  calls.push(call);
  wake();
  return true;
}

/** Runs `part` of a batch in a later turn: one of them in each, whoever sent it. */
export function laterTurn(part: () => void): void {
  batches.push(part);
  wake();
}

function callsHaveTime(): boolean {
  const nowMs = performance.now();
  if (callsEndMs === undefined) {
    callsEndMs = nowMs + TURN_MS;
    wake();
  }
  return nowMs < callsEndMs;
}

function wake(): void {
  if (isAwake) return;
  isAwake = true;
  setImmediate(nextTurn);
}

function nextTurn(): void {
  isAwake = false;
  callsEndMs = undefined;
  if (calls.length + batches.length > 1) wake();
  while (calls.length > 0 && callsHaveTime()) calls.shift()?.();
  batches.shift()?.();
}
