import { type BucketRate, fullBucket, takeTokens } from '../../base/token-bucket.js';
import { TokenBuckets } from '../../base/token-buckets.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { AddressRules } from './address-rules.js';
import { addressKey } from './bonds.js';

/** Datagrams of one address: an honest node sends a handful a minute, a burst during its lookups. */
export const PACKETS_PER_IP: BucketRate = { burst: 50, perSecond: 10 };
/** Datagrams of one /24 (IPv6 /48). */
export const PACKETS_PER_SUBNET: BucketRate = { burst: 150, perSecond: 30 };
/** Pings that strangers' pings make us send to one address: else a spoofed source gets two packets for one (A8). */
export const PING_BACKS_PER_IP: BucketRate = { burst: 16, perSecond: 0.1 };
/** Pings of addresses that have proved nothing, all together: each costs some 400 us, and spoofed ones come from any number of addresses. */
export const STRANGERS_PINGS: BucketRate = { burst: 1_000, perSecond: 500 };
/** NEIGHBORS that we wait for, from one address whose other datagrams are too many: they may be somebody else's, in its name. */
export const AWAITED_NEIGHBORS_PER_IP: BucketRate = { burst: 8, perSecond: 2 };
/** Pings that hearsay makes us send to one address (A9). */
export const HEARSAY_PER_IP: BucketRate = { burst: 1, perSecond: 1 / 60 };
/** The same to one /24 (IPv6 /48). */
export const HEARSAY_PER_SUBNET: BucketRate = { burst: 10, perSecond: 10 / 60 };

/** Half of the addresses metered at once, per limit. Whoever was pushed out starts afresh; who can do that has thousands of addresses. */
const MAX_METERED = 4096;

/**
 * How much an address may send us, and make us send. Where addresses are not limited (loopback, LAN), each port counts as
 * an address of its own and subnets do not count.
 */
export class TrafficLimits {
  readonly #rules: AddressRules;
  readonly #packetsPerIp = new TokenBuckets(PACKETS_PER_IP, MAX_METERED);
  readonly #packetsPerSubnet = new TokenBuckets(PACKETS_PER_SUBNET, MAX_METERED);
  readonly #pingBacks = new TokenBuckets(PING_BACKS_PER_IP, MAX_METERED);
  readonly #hearsayPerIp = new TokenBuckets(HEARSAY_PER_IP, MAX_METERED);
  readonly #hearsayPerSubnet = new TokenBuckets(HEARSAY_PER_SUBNET, MAX_METERED);
  readonly #awaited = new TokenBuckets(AWAITED_NEIGHBORS_PER_IP, MAX_METERED);
  readonly #strangers = fullBucket(STRANGERS_PINGS, 0);

  constructor(rules: AddressRules) {
    this.#rules = rules;
  }

  /** Counts a datagram; false if it is one too many and must be dropped unread. */
  admitPacket(nowMs: number, from: SocketAddress): boolean {
    return this.#take(nowMs, from, this.#packetsPerIp, this.#packetsPerSubnet);
  }

  /** Counts NEIGHBORS that we wait for, from an address that has used up what it may send; false if they must be dropped unread. */
  admitAwaited(nowMs: number, from: SocketAddress): boolean {
    return this.#take(nowMs, from, this.#awaited, undefined);
  }

  /** Counts a ping of an address that has proved nothing; false if it is not worth its signature check. */
  admitStranger(nowMs: number): boolean {
    return takeTokens(this.#strangers, STRANGERS_PINGS, nowMs);
  }

  /** Counts a ping that answers a stranger's ping; false if it must not be sent. */
  admitPingBack(nowMs: number, to: SocketAddress): boolean {
    return this.#take(nowMs, to, this.#pingBacks, undefined);
  }

  /** Counts a ping to an address that another node told us of; false if it must not be sent. */
  admitHearsayPing(nowMs: number, to: SocketAddress): boolean {
    return this.#take(nowMs, to, this.#hearsayPerIp, this.#hearsayPerSubnet);
  }

  #take(nowMs: number, address: SocketAddress, perIp: TokenBuckets, perSubnet: TokenBuckets | undefined): boolean {
    const subnets = this.#rules.subnets(address.ip);
    if (subnets === undefined) return perIp.take(nowMs, addressKey(address));
    // An address alone must not use up what its whole subnet may have: its own limit comes first.
    return perIp.take(nowMs, address.ip) && (perSubnet?.take(nowMs, subnets.near) ?? true);
  }
}
