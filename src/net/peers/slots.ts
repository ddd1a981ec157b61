/** How a connection counts against the slots. */
export interface SlotClaim {
  readonly direction: 'in' | 'out';
  /** Trusted and static peers are the operator's own choice: they take no slot. */
  readonly exempt: boolean;
  /** Dialed to join what was cut apart, or for a moment beside the peer whose place it takes: a few of them may be beyond the dialed slots, and take inbound ones. */
  readonly extra?: boolean;
}

/** Dialed connections beyond the dialed slots at most. */
const MOST_EXTRA = 2;

/** How the slots of `--maxpeers` are divided. */
export interface SlotQuota {
  readonly total: number;
  /** A third is ours to choose: whoever fills our inbound slots can't also fill these (connection monopolisation). */
  readonly dialed: number;
  readonly inbound: number;
}

/** Slots in use, exempt connections not counted. */
export interface SlotUse {
  readonly dialed: number;
  readonly inbound: number;
}

/** Why there is no slot. */
export type SlotRefusal = 'dialed-full' | 'inbound-full';

/** The division of `maxPeers`: a third dialed, at least one; the rest accepted. */
export function slotQuota(maxPeers: number): SlotQuota {
  const dialed = maxPeers === 0 ? 0 : Math.max(1, Math.floor(maxPeers / 3));
  return { total: maxPeers, dialed, inbound: maxPeers - dialed };
}

/** Counts slots in use. */
export function slotUse(claims: Iterable<SlotClaim>): SlotUse {
  let dialed = 0;
  let inbound = 0;
  for (const claim of claims) {
    if (claim.exempt) continue;
    if (claim.direction === 'out') dialed++;
    else inbound++;
  }
  return { dialed, inbound };
}

/** True if a peer of our own choice gets a slot beside those in use. */
export function hasDialedSlot(quota: SlotQuota, claims: Iterable<SlotClaim>): boolean {
  return slotRefusal(quota, slotUse(claims), { direction: 'out', exempt: false }) === undefined;
}

/** Undefined if `claim` gets a slot beside those in use, else why not. */
export function slotRefusal(quota: SlotQuota, use: SlotUse, claim: SlotClaim): SlotRefusal | undefined {
  if (claim.exempt) return undefined;
  const extra = Math.max(0, use.dialed - quota.dialed);
  const hasInbound = use.inbound + extra < quota.inbound;
  if (claim.direction === 'in') return hasInbound ? undefined : 'inbound-full';
  if (use.dialed < quota.dialed) return undefined;
  return claim.extra === true && extra < MOST_EXTRA && hasInbound ? undefined : 'dialed-full';
}
