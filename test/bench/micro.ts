import { toHex } from '../../src/base/hex.js';
import { recoverAddress } from '../../src/crypto/address.js';
import { keccak256, keccak256Hex } from '../../src/crypto/keccak.js';
import { crypto } from '../../src/crypto/select.js';
import { deriveRoot } from '../../src/trie/derive-root.js';
import { emptyTrie } from '../../src/trie/trie.js';
import { decodeAccount, EMPTY_ACCOUNT, encodeAccount } from '../../src/types/account.js';
import { decodeTransaction, encodeUnsigned, signingHash } from '../../src/types/transaction-codec.js';
import { type Benchmark, type BenchOptions, type Figure, median } from './benchmark.js';
import { keyOf, recipient, transfer } from './support/world.js';

const MIN_CPU_MICROS = 100_000;

/** How many units a second of CPU `work` does, which does `units` at each call. */
function rate(name: string, units: number, unit: string, { rounds }: BenchOptions, work: () => void): Figure {
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    let calls = 0;
    let micros = 0;
    while (micros < MIN_CPU_MICROS) {
      work();
      calls++;
      const used = process.cpuUsage(before);
      micros = used.user + used.system;
    }
    if (round > 0) rates.push((calls * units * 1e6) / micros);
  }
  return { name, value: median(rates), unit };
}

const repeat = (times: number, work: (n: number) => void) => (): void => {
  for (let n = 0; n < times; n++) work(n);
};

/** The pieces that everything is made of, each alone. */
export const microBenchmark: Benchmark = {
  name: 'micro',
  summary: 'signatures, hashes, codecs and the trie, each alone',
  async run(options) {
    options.note(
      `at least ${MIN_CPU_MICROS / 1000} ms of CPU a round, ${options.rounds} rounds; secp256k1: ${crypto().name}`,
    );
    const sample = transfer(0, 0, recipient(0));
    const digest = signingHash(sample);
    const words = [32, 136, 532].map((length) => new Uint8Array(length).fill(9));
    const accounts = Array.from({ length: 22_000 }, (_, n) => keccak256Hex(new Uint8Array([n, n >> 8, n >> 16])));
    const value = encodeAccount({ ...EMPTY_ACCOUNT, nonce: 7n, balance: 10n ** 20n });
    const base = accounts.reduce((trie, key) => trie.put(key, value), emptyTrie());
    base.commit();
    const block = Array.from({ length: 1_400 }, (_, n) => transfer(n, 0, recipient(n)).raw);
    const per = (name: string, units: number, unit: string, work: () => void): Figure =>
      rate(name, units, unit, options, work);
    let salt = 0n;
    return [
      per(
        'recover a sender',
        100,
        '/s',
        repeat(100, () => recoverAddress(digest, sample.signature)),
      ),
      per(
        'sign',
        100,
        '/s',
        repeat(100, () => crypto().sign(digest, keyOf(1))),
      ),
      ...words.map((bytes) =>
        per(
          `keccak256 of ${bytes.length} bytes`,
          1_000,
          '/s',
          repeat(1_000, () => keccak256(bytes)),
        ),
      ),
      per(
        'decode a transfer',
        1_000,
        '/s',
        repeat(1_000, () => decodeTransaction(sample.raw)),
      ),
      per(
        'encode for signing',
        1_000,
        '/s',
        repeat(1_000, () => encodeUnsigned(sample)),
      ),
      per(
        'decode an account',
        1_000,
        '/s',
        repeat(1_000, () => decodeAccount(value)),
      ),
      per(
        'hex of 110 bytes',
        1_000,
        '/s',
        repeat(1_000, () => toHex(sample.raw)),
      ),
      per('transactions root', block.length, 'items/s', () => deriveRoot(block)),
      per('trie: change 2,000 of 22,000 and commit', 2_000, 'accounts/s', () => {
        salt++;
        const changed = encodeAccount({ ...EMPTY_ACCOUNT, nonce: salt, balance: 10n ** 20n });
        accounts
          .slice(0, 2_000)
          .reduce((trie, key) => trie.put(key, changed), base)
          .commit();
      }),
    ];
  },
};
