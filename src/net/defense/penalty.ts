import type { DisconnectReason } from '../../wire/p2p/disconnect.js';
import type { FaultCode } from './fault.js';

/**
 * How long a fault is held against an identity: `hard` halves in a day, `fast` in ten minutes, `none` costs nothing.
 * Only what no honest node can emit, whatever it received before, is `hard`.
 */
export type FaultClass = 'hard' | 'fast' | 'none';

/** What one fault costs and causes. */
export interface Penalty {
  readonly class: FaultClass;
  /** Taken off the score; 0 exactly for class `none`. */
  readonly points: number;
  /** The connection ends with this reason; undefined: it goes on. */
  readonly disconnect: DisconnectReason | undefined;
  /** For so long the node isn't dialed (static peers: see the dialer's own, shorter back-off). */
  readonly backOffMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A node that can't be our peer now, and will not soon: other chain, other protocols. It did nothing wrong. */
const INCOMPATIBLE_MS = 24 * HOUR_MS;

const costless = (disconnect: DisconnectReason | undefined, backOffMs = 0): Penalty => ({
  class: 'none',
  points: 0,
  disconnect,
  backOffMs,
});
const fast = (points: number, disconnect?: DisconnectReason): Penalty => ({
  class: 'fast',
  points,
  disconnect,
  backOffMs: disconnect === undefined ? 0 : 5 * MINUTE_MS,
});
const hard = (points: number): Penalty => ({
  class: 'hard',
  points,
  disconnect: 'protocol-breach',
  backOffMs: 15 * MINUTE_MS,
});

/**
 * The price list: every fault, once. No call site knows a number.
 *
 * Framing (making honest nodes pay for what an attacker sent them) is why most lines cost nothing: what may be forged
 * by whoever holds the wire, passed on unchecked by a node that keeps the rules, or caused by load, slowness, other clocks or
 * other versions ends a connection at most.
 */
export const PENALTIES: { readonly [Code in FaultCode]: Penalty } = {
  // Not authenticated yet, or the MAC itself is wrong: anyone on the path can cause it.
  'handshake-failed': costless('protocol-breach', 2 * MINUTE_MS),
  'handshake-timeout': costless('ping-timeout', 2 * MINUTE_MS),
  'wrong-identity': costless('unexpected-identity', 10 * MINUTE_MS),
  'bad-frame': costless('protocol-breach', MINUTE_MS),

  // Under the peer's own MAC: nobody else can have written it.
  'malformed-message': hard(40),
  'unknown-message': hard(40),
  'unexpected-message': hard(40),
  'hello-identity-mismatch': hard(40),
  // A frame may have 16 MiB. The 10 MiB of a message and every lower limit are this node's choice; another version may have another.
  'oversized-message': costless('protocol-breach', 15 * MINUTE_MS),
  'message-flood': fast(10, 'protocol-breach'),
  'idle-timeout': costless('ping-timeout', MINUTE_MS),
  'write-overflow': costless('tcp-error', MINUTE_MS),
  'incompatible-p2p-version': costless('incompatible-version', INCOMPATIBLE_MS),
  'useless-peer': costless('useless-peer', INCOMPATIBLE_MS),

  // Another chain or version is no offence.
  'wrong-protocol-version': costless('subprotocol-error', INCOMPATIBLE_MS),
  'wrong-network': costless('subprotocol-error', INCOMPATIBLE_MS),
  'wrong-genesis': costless('subprotocol-error', INCOMPATIBLE_MS),
  // A stale peer is one update or one sync away.
  'wrong-fork-id': costless('subprotocol-error', HOUR_MS),
  'incompatible-block': costless('subprotocol-error', INCOMPATIBLE_MS),

  // Slow is not guilty: the request tracker turns to other peers.
  'request-timeout': costless(undefined),
  'withheld-data': costless(undefined),
  'withheld-transactions': costless(undefined),
  // The tracker excuses replies up to 60 s late, so this one answers nothing that we ever asked.
  'unsolicited-reply': fast(5),
  'request-flood': fast(10, 'protocol-breach'),
  // Every node checks these against the request or the header before it would use or pass them on.
  'reply-too-long': hard(40),
  'reply-mismatch': hard(40),
  'invalid-header': hard(40),
  'invalid-body': hard(40),
  // Work that was never done can't be relayed by mistake.
  'invalid-seal': hard(100),
  // A hash is announced, and a chain served, only by who has executed it.
  'announced-invalid-block': hard(100),
  'misnumbered-block': hard(40),
  // Whole blocks are relayed before execution (caps/eth.md, Block Propagation).
  'relayed-invalid-block': costless(undefined),
  'distant-block': costless(undefined),

  // Checked before relay by everyone, but the eth specification asks not to disconnect for it.
  'invalid-transaction': fast(10),
  'refused-transaction': costless(undefined),
  // Clients differ in what they call a transaction's size.
  'announcement-mismatch': costless(undefined),
};
