import type { Address } from '../base/brand.js';
import { invariant } from '../base/invariant.js';
import { FORK_NAMES } from '../types/chain-spec.js';
import { type Genesis, parseGenesis } from '../types/genesis-file.js';

/** Seconds before the first event, so that the first block is not from the future. */
const GENESIS_TIME = Date.UTC(2025, 11, 31) / 1000;

/** A chain for simulations: the rules of London from block 0, the least difficulty, and `funded` accounts of 10,000 ether. */
export function simGenesis(funded: readonly Address[], difficultyStep: number): Genesis {
  const parsed = parseGenesis({
    config: {
      chainId: 31_415,
      ...Object.fromEntries(FORK_NAMES.map((fork) => [`${fork}Block`, 0])),
      grapevine: { difficultyStep },
    },
    difficulty: '0x20000',
    gasLimit: '0x1c9c380',
    timestamp: `0x${GENESIS_TIME.toString(16)}`,
    alloc: Object.fromEntries(funded.map((address) => [address, { balance: '0x21e19e0c9bab2400000' }])),
  });
  invariant(parsed.ok, 'the genesis of simulations must be valid');
  return parsed.value;
}
