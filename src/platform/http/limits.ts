/** What one client may ask of the RPC server; geth's figures where it has them. */
export interface TransportLimits {
  /** Body of an HTTP request. */
  readonly httpBodyBytes: number;
  /** Bodies of all HTTP requests that did not come as one piece and are not complete. */
  readonly httpBodiesBytes: number;
  /** One WebSocket or IPC message. */
  readonly messageBytes: number;
  /** HTTP sockets at once, WebSockets included. */
  readonly sockets: number;
  readonly webSockets: number;
  readonly ipcSockets: number;
  /** Calls of one WebSocket or IPC connection that wait for their answers. */
  readonly callsInFlight: number;
  /** What may wait for one WebSocket or IPC client, to be read or of half a message from it, before it is dropped. */
  readonly unreadBytes: number;
  /** The same for all WebSocket and IPC clients together; over it the one for whom most waits is dropped. */
  readonly unreadTotalBytes: number;
  /** Large HTTP answers that wait to be read by all clients together. */
  readonly unreadHttpBytes: number;
  /** From the first byte of a request to its last: the attack is a byte a second on every socket. */
  readonly requestMs: number;
  /** A socket that moves no byte for this long in the middle of an answer is closed. */
  readonly stalledMs: number;
  /** An idle keep-alive socket is closed after this. */
  readonly idleMs: number;
  /** Between two pings of a WebSocket; a client that does not answer one before the next is gone. */
  readonly pingMs: number;
}

/** What the server runs with. */
export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  httpBodyBytes: 5 * 1024 * 1024,
  httpBodiesBytes: 256 * 1024 * 1024,
  messageBytes: 32 * 1024 * 1024,
  sockets: 1024,
  webSockets: 500,
  ipcSockets: 64,
  callsInFlight: 100,
  unreadBytes: 64 * 1024 * 1024,
  unreadTotalBytes: 256 * 1024 * 1024,
  unreadHttpBytes: 256 * 1024 * 1024,
  requestMs: 30_000,
  stalledMs: 90_000,
  idleMs: 120_000,
  pingMs: 30_000,
};
