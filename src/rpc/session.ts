import type { Json } from './json.js';

/** A connection that can carry notifications. The subscriptions of a session end with it. */
export interface Session {
  /** Sends `{"jsonrpc":"2.0","method":...,"params":...}`. Returns at once; a reader that lags is the transport's to drop. */
  notify(method: string, params: Json): void;
}
