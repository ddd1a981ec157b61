/** A connection that can carry notifications. The subscriptions of a session end with it. */
export interface Session {
  /** Sends whole JSON texts, one message each. Returns at once; a reader that lags is the transport's to drop. */
  notify(texts: readonly string[]): void;
}
