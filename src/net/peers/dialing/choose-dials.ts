import type { NodeId } from '../../../base/brand.js';
import type { Conduct } from '../../defense/conduct.js';
import { g16, groupLimitsApply } from '../../defense/diversity.js';
import { type Connection, type ConnectionTable, claimOf } from '../connection.js';
import type { DialNode } from '../dial-node.js';
import type { IpFilter } from '../net-restrict.js';
import { hasDialedSlot, type SlotQuota, slotRefusal, slotUse } from '../slots.js';
import type { DialCandidates } from './dial-candidates.js';
import { keepsDiversity } from './dial-groups.js';
import { keepsSpread } from './dial-spread.js';

/** Dials and outbound handshakes at once. */
export const MAX_DIALS = 16;
/** A candidate that may not be dialed now is looked at again after this time. */
const POSTPONE_MS = 60_000;

/** What the choice depends on. */
export interface DialContext {
  readonly localId: NodeId;
  readonly candidates: DialCandidates;
  readonly connections: ConnectionTable;
  readonly conduct: Conduct;
  readonly trusted: ReadonlySet<NodeId>;
  readonly quota: SlotQuota;
  readonly mayReach: IpFilter;
  readonly loopbackRoutable: boolean;
}

/** The candidates to dial now, `anyId` also if their ids are like those of our peers. Those that may not be dialed for a while are postponed on the way. */
export function chooseDials(nowMs: number, context: DialContext, anyId = false): DialNode[] {
  const { candidates, connections, quota, loopbackRoutable } = context;
  const opening = connections.openingDials();
  const claims = [...connections.identified(), ...opening].map(({ slot, exempt, session, nodeId }) => ({
    direction: slot,
    exempt,
    ip: session.config.remote.ip,
    nodeId,
  }));
  const hasRoom = (): boolean => hasDialedSlot(quota, claims);
  const chosen: DialNode[] = [];
  // Most of the time the slots are taken, and hundreds wait for one.
  if (!hasRoom() && !candidates.hasStatic() && context.trusted.size === 0) {
    candidates.rest();
    return chosen;
  }
  const ours = claims.filter((claim) => claim.direction === 'out' && !claim.exempt);
  const ips = ours.map((claim) => claim.ip);
  const ids = idsOf(ours);
  for (const node of candidates.due(nowMs)) {
    if (opening.length + chosen.length >= MAX_DIALS) break;
    const exempt = candidates.isStatic(node.nodeId) || context.trusted.has(node.nodeId);
    const fits = exempt || hasRoom();
    // Static ones come first: of those behind it nobody is exempt either.
    if (!fits && context.trusted.size === 0) break;
    if (isConnected(context, node.nodeId)) {
      candidates.setBusy(node.nodeId);
      continue;
    }
    if (!mayDial(nowMs, context, node, exempt)) {
      candidates.postpone(nowMs, node.nodeId, POSTPONE_MS);
      continue;
    }
    const { nodeId, endpoint } = node;
    const { ip } = endpoint;
    if (!fits) continue;
    if (!exempt && groupLimitsApply(ip, loopbackRoutable)) {
      const spreads = anyId || keepsSpread(context.localId, nodeId, ids, quota.dialed);
      if (!spreads || !keepsDiversity(ip, ips)) continue;
    }
    claims.push({ direction: 'out', exempt, ip, nodeId });
    if (!exempt) {
      ips.push(ip);
      ids.push(nodeId);
    }
    chosen.push(node);
  }
  return chosen;
}

/** True if a missing peer may be dialed now: there is a slot, or one beyond them. */
export function mayRejoin(nowMs: number, context: DialContext, node: DialNode): boolean {
  const { connections, quota } = context;
  if (isConnected(context, node.nodeId) || !mayDial(nowMs, context, node, false)) return false;
  const use = slotUse([...connections.claims(), ...connections.openingDials().map(claimOf)]);
  return slotRefusal(quota, use, { direction: 'out', exempt: false, extra: true }) === undefined;
}

/**
 * True if `node` may be dialed now to take the place of the peer `leaving`: nobody else of its /16 has a place, since whoever waits for places may
 * have many addresses there.
 */
export function mayReplace(nowMs: number, context: DialContext, node: DialNode, leaving: NodeId): boolean {
  const { candidates, connections, localId, loopbackRoutable, quota } = context;
  const { nodeId, endpoint } = node;
  if (isConnected(context, nodeId) || !mayDial(nowMs, context, node, false)) return false;
  if ((candidates.nextDialMs(nodeId) ?? nowMs) > nowMs || candidates.isStatic(nodeId)) return false;
  if (!groupLimitsApply(endpoint.ip, loopbackRoutable)) return true;
  const staying = chosenByUs(connections).filter((peer) => peer.nodeId !== leaving);
  const wide = g16(endpoint.ip);
  if (staying.some(({ session }) => g16(session.config.remote.ip) === wide)) return false;
  return keepsSpread(localId, nodeId, idsOf(staying), quota.dialed);
}

/** The peers in our dialed slots. */
export function chosenByUs(connections: ConnectionTable): Connection[] {
  return [...connections.identified()].filter(({ slot, exempt }) => slot === 'out' && !exempt);
}

function idsOf(nodes: readonly { readonly nodeId: NodeId | undefined }[]): NodeId[] {
  return nodes.flatMap(({ nodeId }) => nodeId ?? []);
}

function isConnected({ connections }: DialContext, id: NodeId): boolean {
  return connections.of(id) !== undefined || connections.isDialing(id);
}

function mayDial(nowMs: number, context: DialContext, node: DialNode, exempt: boolean): boolean {
  const { conduct, localId, mayReach, trusted } = context;
  if (node.nodeId === localId || !mayReach(node.endpoint.ip)) return false;
  if (conduct.bans.find(nowMs, node.endpoint.ip) !== undefined) return false;
  if (trusted.has(node.nodeId)) return true;
  if (conduct.barred(nowMs, node.nodeId) !== undefined) return false;
  return exempt || !conduct.isDiscouraged(nowMs, node.nodeId);
}
