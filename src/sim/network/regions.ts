import type { Bandwidth } from './links.js';

/** A part of the world where nodes are. */
export interface Region {
  readonly name: string;
  /** Of the nodes whose region nobody chose, this share is here. */
  readonly share: number;
  /** What a node here can send and receive, where bandwidth is `regional`. */
  readonly bandwidth: Bandwidth;
}

/** Regions, and how long a message takes within and between them. */
export interface RegionMap {
  readonly regions: readonly Region[];
  /** One way, in ms: `medianMs[a][b]` from the region of that index to the other. Symmetric. */
  readonly medianMs: readonly (readonly number[])[];
}

/** Bytes a second from the bits a second that tables are in. */
const bitsPerS = (up: number, down: number): Bandwidth => ({ upBytesPerS: up / 8, downBytesPerS: down / 8 });

/**
 * Between the regions of {@link WORLD_2019}. Their source takes these for one way; they are what ping shows between such
 * places there and back, so a message takes half. Taken for one way, many pairs were farther apart than discv4 waits.
 */
const THERE_AND_BACK_MS: RegionMap['medianMs'] = [
  [32, 124, 184, 198, 151, 189],
  [124, 11, 227, 237, 252, 294],
  [184, 227, 88, 325, 301, 322],
  [198, 237, 325, 85, 58, 198],
  [151, 252, 301, 58, 12, 126],
  [189, 294, 322, 198, 126, 16],
];

/**
 * The nodes of Bitcoin in 2019: where they were, how long messages took between those regions, and what home connections
 * there could carry. From the tables of SimBlock (Aoki, Otsuki, Kaneko, Banno, Shudo: "SimBlock: A Blockchain Network
 * Simulator", IEEE INFOCOM Workshops 2019; github.com/dsg-titech/simblock, NetworkConfiguration.java, the values of 2019).
 */
export const WORLD_2019: RegionMap = {
  regions: [
    { name: 'north-america', share: 0.3316, bandwidth: bitsPerS(19.2e6, 52e6) },
    { name: 'europe', share: 0.4998, bandwidth: bitsPerS(20.7e6, 40e6) },
    { name: 'south-america', share: 0.009, bandwidth: bitsPerS(5.8e6, 18e6) },
    { name: 'asia-pacific', share: 0.1177, bandwidth: bitsPerS(15.7e6, 22.8e6) },
    { name: 'japan', share: 0.0224, bandwidth: bitsPerS(10.2e6, 22.8e6) },
    { name: 'australia', share: 0.0195, bandwidth: bitsPerS(11.3e6, 29.9e6) },
  ],
  medianMs: THERE_AND_BACK_MS.map((row) => row.map((ms) => ms / 2)),
};
