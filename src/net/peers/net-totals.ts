/** Totals since the start, for metrics. */
export class NetTotals {
  bytesIn = 0;
  bytesOut = 0;
  dials = 0;
  dialFailures = 0;
  /** Closed before any cryptography: rate, ban, restriction. */
  inboundRefused = 0;
  /** Ends by {@link causeCode}. BOUNDED: by the closed unions that those codes come from. */
  readonly disconnects = new Map<string, number>();

  countEnd(code: string): void {
    this.disconnects.set(code, (this.disconnects.get(code) ?? 0) + 1);
  }
}
