import { DecodeError } from '../../codec/decode-error.js';
import type { ConnId } from '../io.js';
import type { PeerControl } from './peer-control.js';
import type { OwnRequestKind, PendingRequest, RequestFailure, RequestTable } from './requests.js';

/**
 * Hands a reply to whoever asked. More items than asked are refused before any is decoded; a reply that nobody asked
 * for is a fault unless it is merely late: then it is true, as what it brings may be of use still. A DecodeError from the asker
 * passes through once the asker was told.
 */
export function deliverReply(
  nowMs: number,
  table: RequestTable,
  peers: PeerControl,
  reply: {
    readonly conn: ConnId;
    readonly kind: OwnRequestKind;
    readonly requestId: bigint;
    readonly items: readonly Uint8Array[];
  },
): boolean {
  const { conn, kind, requestId, items } = reply;
  const match = table.match(nowMs, conn, kind, requestId);
  if (match.kind === 'late') return true;
  if (match.kind === 'unsolicited') {
    peers.fault(nowMs, conn, { code: 'unsolicited-reply', request: kind });
    return false;
  }
  const { request } = match;
  if (items.length > request.asked) {
    peers.fault(nowMs, conn, { code: 'reply-too-long', request: kind, asked: request.asked, got: items.length });
    request.onFailure(nowMs, 'bad-reply');
    return false;
  }
  try {
    request.onReply(nowMs, items, nowMs - request.sentAtMs);
    return false;
  } catch (error) {
    if (error instanceof DecodeError) request.onFailure(nowMs, 'bad-reply');
    throw error;
  }
}

/** Tells the askers of questions that found no answer, and reports the timeouts. */
export function failRequests(
  nowMs: number,
  requests: readonly PendingRequest[],
  failure: RequestFailure,
  peers: PeerControl,
): void {
  for (const request of requests) {
    if (failure === 'timeout') peers.fault(nowMs, request.conn, { code: 'request-timeout', request: request.kind });
    request.onFailure(nowMs, failure);
  }
}
