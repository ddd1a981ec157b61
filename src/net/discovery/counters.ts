import type { DiscoveryCounters, DropReason } from './discovery.js';

const NO_DROPS: Readonly<Record<DropReason, number>> = {
  size: 0,
  'no-port': 0,
  'rate-limited': 0,
  'not-allowed': 0,
  'bad-hash': 0,
  'bad-packet': 0,
  expired: 0,
  repeated: 0,
  unsolicited: 0,
  'bad-signature': 0,
  self: 0,
  'no-endpoint-proof': 0,
  'ping-back-limited': 0,
  'hearsay-limited': 0,
  'bad-relay-address': 0,
  'too-many-neighbors': 0,
  'bad-record': 0,
  'requests-full': 0,
};

/** Running totals; every field only rises. */
export class Counters {
  received = 0;
  sent = 0;
  receivedBytes = 0;
  sentBytes = 0;
  recoveries = 0;
  lookups = 0;
  readonly #dropped = { ...NO_DROPS };

  /** Counts something that was refused. */
  drop(reason: DropReason): void {
    this.#dropped[reason]++;
  }

  /** The totals so far, as a copy. */
  view(): DiscoveryCounters {
    const { received, sent, receivedBytes, sentBytes, recoveries, lookups } = this;
    return { received, sent, receivedBytes, sentBytes, recoveries, lookups, dropped: { ...this.#dropped } };
  }
}
