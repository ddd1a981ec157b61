import type { Hash32, NodeId } from '../../base/brand.js';

/** The requests a peer can leave unanswered or answer wrongly. */
export type RequestKind = 'headers' | 'bodies' | 'receipts' | 'pooled-transactions';

/** The steps of a connection's start, each with its own deadline. */
export type HandshakeStage = 'rlpx' | 'hello' | 'status';

/**
 * What went wrong on a peer's side, as a value: a `code` and the context a log line needs. What it costs is decided in
 * one place only, the table of `penalty.ts`. Our own overload, a broken invariant or a local I/O error is never a Fault.
 */
export type Fault =
  // --- the transport, before the peer has proved who it is: spoofable, so never charged to an identity
  /** The RLPx handshake did not decode or verify. */
  | { readonly code: 'handshake-failed'; readonly detail: string }
  | { readonly code: 'handshake-timeout'; readonly stage: HandshakeStage }
  /** The dialed address is run by another node. */
  | { readonly code: 'wrong-identity'; readonly expected: NodeId; readonly actual: NodeId }
  /** A frame's MAC does not verify: whoever holds the wire can do that to an honest peer. */
  | { readonly code: 'bad-frame'; readonly detail: string }

  // --- the base protocol, under the peer's own MAC
  /** A message that does not decode: RLP, snappy, ranges. `detail` is the DecodeError's code. */
  | { readonly code: 'malformed-message'; readonly message: string; readonly detail: string }
  /** A message longer than its kind may be, before or after inflating. */
  | { readonly code: 'oversized-message'; readonly detail: string }
  /** A message code that no negotiated capability owns. */
  | { readonly code: 'unknown-message'; readonly messageCode: number }
  /** A known message that its sender's state forbids: before Hello or Status, a second Hello or Status. */
  | { readonly code: 'unexpected-message'; readonly message: string; readonly state: string }
  /** The Hello names another key than the one RLPx proved. */
  | { readonly code: 'hello-identity-mismatch' }
  /** More than ten times the message budget. */
  | { readonly code: 'message-flood'; readonly message: string }
  /** Nothing read for the idle limit, pings included. */
  | { readonly code: 'idle-timeout' }
  /** The peer does not read: our bounded write queue for it ran full. */
  | { readonly code: 'write-overflow'; readonly queuedBytes: number }
  | { readonly code: 'incompatible-p2p-version'; readonly version: number }
  /** No capability in common. */
  | { readonly code: 'useless-peer' }

  // --- eth: the handshake
  | { readonly code: 'wrong-protocol-version'; readonly expected: number; readonly actual: number }
  | { readonly code: 'wrong-network'; readonly expected: bigint; readonly actual: bigint }
  | { readonly code: 'wrong-genesis'; readonly expected: Hash32; readonly actual: Hash32 }
  | { readonly code: 'wrong-fork-id'; readonly relation: 'remote-stale' | 'local-incompatible' }

  // --- eth: requests and replies
  | { readonly code: 'request-timeout'; readonly request: RequestKind }
  /** A reply that nobody asked for (one up to 60 s late is excused by the tracker). */
  | { readonly code: 'unsolicited-reply'; readonly request: RequestKind }
  /** More items than were asked for. */
  | { readonly code: 'reply-too-long'; readonly request: RequestKind; readonly asked: number; readonly got: number }
  /** Items that don't match the request: wrong start, not linked, roots of no asked header. */
  | { readonly code: 'reply-mismatch'; readonly request: RequestKind; readonly detail: string }
  /** Says it has a head (or announced a block) that it then can't deliver. Pruning and reorgs do that too. */
  | { readonly code: 'withheld-data'; readonly request: RequestKind }
  /** Announced at least 16 transactions and delivered less than half of them when asked. */
  | { readonly code: 'withheld-transactions'; readonly announced: number; readonly delivered: number }
  /** More than ten times the request budget. */
  | { readonly code: 'request-flood'; readonly request: string }

  // --- eth: blocks
  /** A header whose mix hash or nonce does not meet the difficulty that it states itself. */
  | { readonly code: 'invalid-seal'; readonly hash: Hash32; readonly rule: string }
  /** A header or chain of headers, asked for, that breaks a rule which needs no state. */
  | { readonly code: 'invalid-header'; readonly hash: Hash32; readonly rule: string }
  /** A sent body that does not fit its header, or holds a wrongly signed transaction. */
  | { readonly code: 'invalid-body'; readonly hash: Hash32; readonly rule: string }
  /** A block announced by hash or served as canonical whose execution fails: its announcer had to execute it first. */
  | { readonly code: 'announced-invalid-block'; readonly hash: Hash32; readonly rule: string }
  /** A block relayed whole whose seal and body are right and whose execution fails: relayed before execution, as allowed. */
  | { readonly code: 'relayed-invalid-block'; readonly hash: Hash32; readonly rule: string }
  /**
   * A block that Ethereum's rules allow and this node's narrower ones don't (it runs code). Its sender is honest by its
   * own rules, but follows a chain that we can't: incompatible, not guilty.
   */
  | { readonly code: 'incompatible-block'; readonly hash: Hash32; readonly rule: string }
  /** A block announced with a number that is not its own, which its hash commits to. */
  | { readonly code: 'misnumbered-block'; readonly hash: Hash32; readonly announced: number; readonly actual: number }
  /** A block too far from our head, or from the future. Clocks differ; heads differ. */
  | { readonly code: 'distant-block'; readonly hash: Hash32 }

  // --- eth: transactions
  /** Invalid by Ethereum's rules whatever the state is: signature, chain id, intrinsic gas, size. */
  | { readonly code: 'invalid-transaction'; readonly hash: Hash32; readonly rule: string }
  /** Refused for what state and pool are now (nonce, balance, price), or by a rule that only this node has. */
  | { readonly code: 'refused-transaction'; readonly hash: Hash32; readonly rule: string }
  /** A transaction whose type or size is not what its announcement said (eth/68). */
  | { readonly code: 'announcement-mismatch'; readonly hash: Hash32; readonly detail: string };

/** The name of a {@link Fault}. */
export type FaultCode = Fault['code'];

/** A fault as one short line for logs and `peers failures`: the code, then its context. */
export function describeFault(fault: Fault): string {
  const { code, ...context } = fault;
  const parts = Object.entries(context).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length === 0 ? code : `${code} (${parts.join(', ')})`;
}
