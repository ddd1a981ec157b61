import { BoundedMap } from '../../base/bounded.js';
import type { AddressRules } from './address-rules.js';

/** What comes from an address that we have sent nothing to for so long came by itself: mappings of NAT are shorter (RFC 4787, REQ-5). */
const QUIET_MS = 10 * 60_000;
/** Addresses that we remember having sent to. Whoever is forgotten too early may count as a stranger: then we stay announced. */
const MAX_SENT = 1024;
/** Others learn of us within minutes, and dial or ask us. */
const TRIAL_MS = 10 * 60_000;
/** Until then who could not be reached says so; then it tries again. */
const CLOSED_MS = 60 * 60_000;
/** A sign holds for so long. */
const SIGN_LIFETIME_MS = 6 * 60 * 60_000;
/** Strangers' pings that are a sign, each of another subnet: one could be an answer that we no longer waited for. */
const MIN_STRANGERS = 2;

type State =
  /** We say that we can be dialed, and wait for a sign that it is so. */
  | { readonly kind: 'trial'; readonly untilMs: number; readonly strangers: readonly string[] }
  | { readonly kind: 'open'; readonly untilMs: number; readonly isPublic: boolean }
  /** No sign came: we are behind NAT or a firewall. */
  | { readonly kind: 'closed'; readonly untilMs: number };

/**
 * Whether others can reach us, for a node that was not told its address: it may be behind NAT, and then others would dial it
 * in vain, again and again. What shows that they can: a session that they opened, for as long as it lasts, or pings of
 * strangers. In the public network those must come from public addresses: whoever is on our side of the NAT shows nothing.
 */
export class Reachability {
  readonly #rules: AddressRules;
  readonly #sentAtMs = new BoundedMap<string, number>(MAX_SENT);
  readonly #acceptedFrom: () => readonly string[];
  #state: State | undefined;
  /** A public address has answered us. */
  #isPublic = false;

  /** `acceptedFrom`: the addresses of those whose sessions with us are up, and were opened by them. */
  constructor(rules: AddressRules, acceptedFrom: () => readonly string[]) {
    this.#rules = rules;
    this.#acceptedFrom = acceptedFrom;
  }

  /** A node at `ip` has answered our ping. */
  answered(nowMs: number, ip: string): void {
    if (this.#isPublic || !this.#rules.isPublic(ip)) return;
    this.#isPublic = true;
    // What our own network had shown before counts no more.
    if (this.#state?.kind !== 'open' || !this.#state.isPublic) this.#state = trial(nowMs);
  }

  /** A datagram leaves for `ip`: for a while, what comes from there may be let in because of it. */
  sentTo(nowMs: number, ip: string): void {
    this.#state ??= trial(nowMs);
    this.#sentAtMs.set(ip, nowMs);
  }

  /** Someone at `ip` has pinged us; to be told before we answer. */
  pinged(nowMs: number, ip: string): void {
    const sentAtMs = this.#sentAtMs.peek(ip) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - sentAtMs < QUIET_MS || !this.#counts(ip)) return;
    const subnet = this.#rules.voter(ip) ?? ip;
    const state = this.#state ?? trial(nowMs);
    if (state.kind !== 'trial') this.accepted(nowMs, ip);
    else if (!state.strangers.includes(subnet)) {
      const strangers = [...state.strangers, subnet];
      if (strangers.length >= MIN_STRANGERS) this.accepted(nowMs, ip);
      else this.#state = { ...state, strangers };
    }
  }

  /** Someone at `ip` has opened a session with us, and proved its key. */
  accepted(nowMs: number, ip: string): void {
    if (!this.#counts(ip)) return;
    this.#state = { kind: 'open', untilMs: nowMs + SIGN_LIFETIME_MS, isPublic: this.#rules.isPublic(ip) };
  }

  /** False if others are to be told that we can't be dialed. */
  isOpen(nowMs: number): boolean {
    const state = this.#state;
    if (state === undefined) return true;
    if (nowMs >= state.untilMs) {
      // In a network where all are connected nobody comes anew, for days.
      const sign = this.#acceptedFrom().find((ip) => this.#counts(ip));
      if (sign !== undefined) this.accepted(nowMs, sign);
      else this.#state = state.kind === 'trial' ? { kind: 'closed', untilMs: nowMs + CLOSED_MS } : trial(nowMs);
    }
    return this.#state?.kind !== 'closed';
  }

  /** When `isOpen` may change by itself. */
  nextWake(): number {
    return this.#state?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  #counts(ip: string): boolean {
    return !this.#isPublic || this.#rules.isPublic(ip);
  }
}

function trial(nowMs: number): State {
  return { kind: 'trial', untilMs: nowMs + TRIAL_MS, strangers: [] };
}
