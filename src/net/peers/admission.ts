import type { NodeId } from '../../base/brand.js';
import type { BarredBy } from '../defense/conduct.js';
import { replaces, type Twin } from './duplicates.js';
import type { Refusal } from './session/session.js';
import { type SlotClaim, type SlotQuota, type SlotUse, slotRefusal } from './slots.js';

/** All that the decision on a connection whose key was just proved depends on. */
export interface AdmissionCase {
  readonly localId: NodeId;
  readonly remoteId: NodeId;
  readonly newcomer: Twin & SlotClaim;
  /** Another connection that stands for the same node. */
  readonly twin: Twin | undefined;
  /** The slot that the newcomer can have from another connection to the node: from its twin, or from our dial on the way. */
  readonly held: SlotClaim['direction'] | undefined;
  readonly trusted: boolean;
  readonly barred: BarredBy | undefined;
  readonly quota: SlotQuota;
  /** Without the newcomer and its twin. */
  readonly use: SlotUse;
}

/** Taken (in place of the twin, if there is one) into a slot, or refused. */
export type Admission =
  | { readonly kind: 'admit'; readonly slot: SlotClaim['direction'] }
  | ({ readonly kind: 'refuse' } & Refusal);

/** Decides on a connection once its key is proved and before our Hello, cheapest and most certain reason first. */
export function admission(c: AdmissionCase): Admission {
  if (c.remoteId === c.localId) return refuse('self-connection', 'this is the node itself');
  if (c.barred !== undefined && !c.trusted) return refuse('requested', barredText(c.barred));
  if (c.twin !== undefined && !replaces(c.localId, c.remoteId, c.twin, c.newcomer)) {
    return refuse('already-connected', 'there is a connection to this node already');
  }
  const { direction } = c.newcomer;
  const full = slotRefusal(c.quota, c.use, c.newcomer);
  if (full === undefined) return { kind: 'admit', slot: direction };
  // The other end may be about to drop its own dial for this one, and then neither would be left.
  const { held } = c;
  if (held !== undefined && slotRefusal(c.quota, c.use, { ...c.newcomer, direction: held }) === undefined) {
    return { kind: 'admit', slot: held };
  }
  return refuse('too-many-peers', `no free slot (${full})`);
}

/** Why a barred node is kept out, in words. */
export function barredText(barred: BarredBy): string {
  if (barred.kind === 'score') return `its score is ${barred.score.toFixed(0)}`;
  const { manual, reason, untilMs } = barred.ban;
  const until = Number.isFinite(untilMs) ? ` until ${Math.round(untilMs / 1000)} s (Unix time)` : '';
  return `banned${until}: ${manual ? 'by hand' : reason}`;
}

function refuse(reason: Refusal['reason'], detail: string): Admission {
  return { kind: 'refuse', reason, detail };
}
