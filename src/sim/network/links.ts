import { invariant } from '../../base/invariant.js';
import { hash32, mix32 } from '../seeded-random.js';
import { createDelays, type Latency, type Place } from './latency.js';

/** What an address can send and receive. */
export interface Bandwidth {
  readonly upBytesPerS: number;
  readonly downBytesPerS: number;
}

/** The quality of every link of a world. */
export interface LinkConfig {
  readonly latency: Latency;
  /** Share of datagrams that get lost, 0 to 1. Streams lose nothing, as TCP. */
  readonly datagramLoss: number;
  /** Each message takes up to this share of the link's delay longer, evenly. So datagrams overtake each other; streams stay in order. */
  readonly jitter?: number;
  /** Of every address that has none of its own; `regional`: as its region has. Unlimited unless told otherwise. */
  readonly bandwidth?: Bandwidth | 'regional';
}

/** What sets one address apart. */
export interface SiteOptions {
  /** The name of its region; drawn by the shares of the regions unless told otherwise. */
  readonly region?: string | undefined;
  readonly bandwidth?: Bandwidth | undefined;
}

/** An address on the network, with its two queues: what it sends and what it receives go one after the other. */
export interface Site extends Place {
  readonly ip: string;
  /** 0 if unlimited. */
  readonly upMsPerByte: number;
  readonly downMsPerByte: number;
  /** When the last byte of all that was sent so far has left. */
  upFreeAtMs: number;
  /** When the last byte of all that arrived so far has been received. */
  downFreeAtMs: number;
  /** Lots drawn so far: each address has luck of its own, so that a further one shifts nobody else's. */
  draws: number;
  /** During a partition; 0 for an address of no group. */
  group: number;
}

/** The network between the addresses of a world. All of it takes the same time for each message, however many there are. */
export interface Links {
  /** The site of an address, made when it is first asked for; `options` count only then. */
  site(ip: string, options?: SiteOptions): Site;
  /** The site of an address that has been asked for before. */
  known(ip: string): Site | undefined;
  /** One-way delay between two addresses, without jitter; a function of the seed and the pair. */
  delayMs(a: Site, b: Site): number;
  /** When so many bytes that are sent now by a stream arrive: they queue, travel, and suffer jitter. */
  arrivalMs(from: Site, to: Site, bytes: number, nowMs: number): number;
  /** The same for a datagram, which waits for little of what streams have queued. */
  datagramArrivalMs(from: Site, to: Site, bytes: number, nowMs: number): number;
  /** When so many bytes that arrive now have been received, if they queue behind all others. */
  receivedMs(at: Site, bytes: number, nowMs: number): number;
  /** The same for a datagram. */
  datagramReceivedMs(at: Site, bytes: number, nowMs: number): number;
  /** True if this datagram is lost; draws from the stream of the sender. */
  losesDatagram(from: Site): boolean;
  /** False while a partition keeps the two apart. */
  connected(a: Site, b: Site): boolean;
  /** Cuts the world into groups of addresses; an address in no group reaches everyone. */
  partition(groups: readonly (readonly string[])[]): void;
  /** Ends the partition. */
  heal(): void;
}

const UINT32 = 2 ** 32;
/** A message that takes less to be received, with nothing before it, is there when its first byte is. */
const UNNOTICED_MS = 1;
/**
 * A datagram waits no longer than this: the bytes of streams wait in the buffers of their sockets, and only what is in the
 * modem's queue is before it. More is what modems that are too big for their line do (bufferbloat).
 */
const MAX_DATAGRAM_WAIT_MS = 100;

/** Links as `config` says, everything derived from `seed`. */
export function createLinks(config: LinkConfig, seed: string): Links {
  const delayMs = createDelays(config.latency, hash32(`${seed}/delay`));
  const lotSalt = hash32(`${seed}/lots`);
  const regionSalt = hash32(`${seed}/regions`);
  const sites = new Map<string, Site>(); // BOUNDED: by the addresses of the world
  const { jitter = 0, datagramLoss } = config;
  const regions = config.latency.kind === 'regions' ? config.latency.map.regions : [];

  function regionOf(hash: number, name: string | undefined): number {
    if (name !== undefined) {
      const index = regions.findIndex((region) => region.name === name);
      invariant(index >= 0, `there must be a region ${name}`);
      return index;
    }
    const lot = (mix32(hash ^ regionSalt) / UINT32) * regions.reduce((sum, { share }) => sum + share, 0);
    let below = 0;
    const index = regions.findIndex(({ share }) => {
      below += share;
      return lot < below;
    });
    return Math.max(0, index);
  }

  function bandwidthOf(region: number, own: Bandwidth | undefined): Bandwidth | undefined {
    if (own !== undefined) return own;
    return config.bandwidth === 'regional' ? regions[region]?.bandwidth : config.bandwidth;
  }

  function createSite(ip: string, options: SiteOptions): Site {
    const hash = hash32(ip);
    const region = regionOf(hash, options.region);
    const bandwidth = bandwidthOf(region, options.bandwidth);
    return {
      ip,
      hash,
      region,
      upMsPerByte: bandwidth === undefined ? 0 : 1000 / bandwidth.upBytesPerS,
      downMsPerByte: bandwidth === undefined ? 0 : 1000 / bandwidth.downBytesPerS,
      upFreeAtMs: 0,
      downFreeAtMs: 0,
      draws: 0,
      group: 0,
    };
  }

  function siteOf(ip: string, options: SiteOptions = {}): Site {
    let site = sites.get(ip);
    if (site === undefined) {
      site = createSite(ip, options);
      sites.set(ip, site);
    }
    return site;
  }

  /** The next number in [0, 1) of the site's own. */
  const lot = (site: Site): number => mix32(mix32(site.hash ^ lotSalt) ^ ++site.draws) / UINT32;

  function travelMs(from: Site, to: Site): number {
    const ms = delayMs(from, to);
    return jitter === 0 ? ms : ms * (1 + jitter * lot(from));
  }

  function leavesMs(from: Site, bytes: number, nowMs: number): number {
    if (from.upMsPerByte === 0) return nowMs;
    from.upFreeAtMs = Math.max(from.upFreeAtMs, nowMs) + bytes * from.upMsPerByte;
    return from.upFreeAtMs;
  }

  function receivedMs(at: Site, bytes: number, nowMs: number): number {
    if (at.downMsPerByte === 0) return nowMs;
    const ms = bytes * at.downMsPerByte;
    // Of one that has been received just now the event may still be due, and is not to be overtaken.
    const idle = at.downFreeAtMs < nowMs;
    at.downFreeAtMs = Math.max(at.downFreeAtMs, nowMs) + ms;
    // Most messages are small and come alone: they don't cost an event more.
    return idle && ms < UNNOTICED_MS ? nowMs : at.downFreeAtMs;
  }

  return {
    site: siteOf,
    known: (ip) => sites.get(ip),
    delayMs,
    arrivalMs: (from, to, bytes, nowMs) => leavesMs(from, bytes, nowMs) + travelMs(from, to),
    datagramArrivalMs: (from, to, bytes, nowMs) =>
      Math.min(leavesMs(from, bytes, nowMs), nowMs + MAX_DATAGRAM_WAIT_MS) + travelMs(from, to),
    receivedMs,
    datagramReceivedMs: (at, bytes, nowMs) => Math.min(receivedMs(at, bytes, nowMs), nowMs + MAX_DATAGRAM_WAIT_MS),
    losesDatagram: (from) => datagramLoss > 0 && lot(from) < datagramLoss,
    connected: (a, b) => a.group === b.group || a.group === 0 || b.group === 0,
    partition(groups) {
      for (const site of sites.values()) site.group = 0;
      for (const [index, ips] of groups.entries()) for (const ip of ips) siteOf(ip).group = index + 1;
    },
    heal() {
      for (const site of sites.values()) site.group = 0;
    },
  };
}
