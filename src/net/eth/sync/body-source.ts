import { TRANSACTION_GAS } from '../../../types/body-room.js';

/** How a peer does at delivering bodies in this sync. */
export interface BodySource {
  /** Questions on their way to it. */
  inFlight: number;
  /** Those of them that others are asked too by now. */
  stalled: number;
  /** Weight delivered per ms, smoothed; see {@link bodyWeight}. */
  rate: number;
  /** False while the rate is a guess. */
  isMeasured: boolean;
  /** It has no body from this block number on: it is behind the master. */
  lacksFrom: number;
  /** Consecutive questions without a useful answer. */
  strikes: number;
}

/** What one request should take: long enough to be worth a round trip, short enough to shift load to faster peers. */
const TARGET_MS = 400;
/** A first guess of some hundred small bodies a second. */
const INITIAL_RATE = 0.25;
/** Weight of a new sample. */
const GAIN = 0.3;
/** A reply of this weight takes some 20 ms to decode and check: no step may take much longer. */
const MAX_WEIGHT = 2000;
const MIN_WEIGHT = 16;
/** A peer that failed this often in a row is left out of this sync. */
const MAX_STRIKES = 3;

/** A source that was not asked yet. */
export const newBodySource = (): BodySource => ({
  inFlight: 0,
  stalled: 0,
  rate: INITIAL_RATE,
  isMeasured: false,
  lacksFrom: Number.POSITIVE_INFINITY,
  strikes: 0,
});

/** The work that a body is to fetch and check, in transactions: gas bounds their number, and one stands for the body. */
export function bodyWeight(gasUsed: bigint): number {
  return 1 + Number(gasUsed / TRANSACTION_GAS);
}

/** The weight that the next question to this peer may have. */
export function batchWeight(source: BodySource): number {
  return Math.max(MIN_WEIGHT, Math.min(MAX_WEIGHT, Math.floor(source.rate * TARGET_MS)));
}

/**
 * The import waits for a block that long before another peer is asked for it, as Bitcoin does: a peer that stops
 * answering must not hold up what the others have delivered long ago (request stalling).
 */
const LATE_TIMES = 3;
const MIN_LATE_MS = 500;
const MAX_LATE_MS = 2000;

/** When bodies of this weight are late: after three times what they should take. */
export function lateAfterMs(source: BodySource, weight: number): number {
  if (!source.isMeasured) return MIN_LATE_MS;
  return Math.min(MAX_LATE_MS, Math.max(MIN_LATE_MS, (LATE_TIMES * weight) / source.rate));
}

/** True if the peer may be asked. */
export const isUsable = (source: BodySource): boolean => source.strikes < MAX_STRIKES && source.stalled === 0;

/** Takes note of bodies of this weight that came in `elapsedMs`. */
export function noteDelivery(source: BodySource, weight: number, elapsedMs: number): void {
  source.strikes = 0;
  // No faster than the largest question needs, so that a peer that slows down is soon asked for less.
  const rate = Math.min(weight / Math.max(1, elapsedMs), MAX_WEIGHT / TARGET_MS);
  source.isMeasured = true;
  source.rate += (rate - source.rate) * GAIN;
}

/** Takes note of an answer that did not come or did not help: the next question is smaller. */
export function noteFailure(source: BodySource): void {
  source.strikes++;
  source.rate /= 2;
}
