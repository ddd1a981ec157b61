import { BoundedMap } from '../../base/bounded.js';
import { type BucketRate, fullBucket, type TokenBucket, takeTokens } from '../../base/token-bucket.js';
import { g16, g24, groupLimitsApply } from './diversity.js';

/** Inbound handshakes of one address: enough for restarts, not for churn (connect/disconnect loops). */
export const PER_IP: BucketRate = { burst: 3, perSecond: 1 / 30 };
/** Of one /24: some neighbours in a data centre, not a rack of identities. */
export const PER_G24: BucketRate = { burst: 8, perSecond: 1 / 10 };
/** Of everyone: each costs two scalar multiplications and a signature, a few ms of the only thread. */
export const GLOBAL: BucketRate = { burst: 20, perSecond: 20 };
/** Loopback and LAN: as fast as a test bench of a hundred nodes starts. */
export const LOCAL: BucketRate = { burst: 512, perSecond: 256 };

/** Handshakes under way at once: in all, from one /24 and from one /16 (slow-loris). */
export const MAX_PENDING = 32;
const MAX_PENDING_G24 = 2;
const MAX_PENDING_G16 = 4;

/** Addresses remembered at once. One forgotten starts with a full bucket; the global bucket bounds what that gives. */
const TRACKED = 4096;

/** Why an inbound connection is closed before any cryptography. */
export type InboundRefusal = 'ip-rate' | 'subnet-rate' | 'global-rate' | 'subnet-pending';

/** One inbound connection whose handshake is under way. */
export interface PendingInbound {
  readonly ip: string;
}

/**
 * Meters inbound handshakes per address, per subnet and in all. Time is an argument; memory is fixed. The caller sheds the oldest silent
 * one when more than {@link MAX_PENDING} are pending, so that silence never locks the door.
 */
export class InboundLimiter {
  readonly #byIp = new BoundedMap<string, TokenBucket>(TRACKED);
  readonly #byG24 = new BoundedMap<string, TokenBucket>(TRACKED);
  readonly #global: TokenBucket = { tokens: GLOBAL.burst, updatedAtMs: 0 };
  readonly #local: TokenBucket = { tokens: LOCAL.burst, updatedAtMs: 0 };
  readonly #loopbackRoutable: boolean;

  constructor(loopbackRoutable: boolean) {
    this.#loopbackRoutable = loopbackRoutable;
  }

  /** Counts an attempt from `ip`, given the handshakes under way; undefined if it may go on, else why not. */
  admit(nowMs: number, ip: string, pending: Iterable<PendingInbound>): InboundRefusal | undefined {
    if (!groupLimitsApply(ip, this.#loopbackRoutable)) {
      return takeTokens(this.#local, LOCAL, nowMs) ? undefined : 'global-rate';
    }
    const subnet = g24(ip);
    const wide = g16(ip);
    let inSubnet = 0;
    let inWide = 0;
    for (const other of pending) {
      if (g24(other.ip) === subnet) inSubnet++;
      if (g16(other.ip) === wide) inWide++;
    }
    if (inSubnet >= MAX_PENDING_G24 || inWide >= MAX_PENDING_G16) return 'subnet-pending';
    if (!take(this.#byIp, ip, PER_IP, nowMs)) return 'ip-rate';
    if (!take(this.#byG24, subnet, PER_G24, nowMs)) return 'subnet-rate';
    return takeTokens(this.#global, GLOBAL, nowMs) ? undefined : 'global-rate';
  }
}

function take(buckets: BoundedMap<string, TokenBucket>, key: string, rate: BucketRate, nowMs: number): boolean {
  let bucket = buckets.get(key);
  if (bucket === undefined) {
    bucket = fullBucket(rate, nowMs);
    buckets.set(key, bucket);
  }
  return takeTokens(bucket, rate, nowMs);
}
