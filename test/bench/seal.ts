import { searchSeal } from '../../src/miner/search-seal.js';
import { type Benchmark, median } from './benchmark.js';

const HASHES = 500_000;

/** The search of a seal, on one thread. */
export const sealBenchmark: Benchmark = {
  name: 'seal',
  summary: 'hashes a second of one mining thread',
  async run(options) {
    options.note(`${HASHES} nonces against a target that none meets, ${options.rounds} rounds after one of warming up`);
    const sealHash = new Uint8Array(32).fill(7);
    const rates: number[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      const before = process.cpuUsage();
      searchSeal(sealHash, 0n, BigInt(round * HASHES), HASHES);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) rates.push((HASHES * 1e6) / (user + system));
    }
    return [{ name: 'seal search', value: median(rates), unit: 'H/s of CPU' }];
  },
};
