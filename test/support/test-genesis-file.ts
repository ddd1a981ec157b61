import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORK_NAMES } from '../../src/types/chain-spec.js';
import { ACCOUNTS, testGenesis } from './chain-builder.js';
import { tempFolder } from './processes.js';

/** `testGenesis()` as a genesis file, for processes that run on chains which the chain builder made; returns its path. */
export function testGenesisFile(
  change: (content: Record<string, unknown>) => Record<string, unknown> = (same) => same,
): string {
  const { spec, difficulty, gasLimit, timestamp, baseFeePerGas } = testGenesis();
  const content = {
    config: { chainId: Number(spec.chainId), ...Object.fromEntries(FORK_NAMES.map((fork) => [`${fork}Block`, 0])) },
    nonce: '0x0',
    timestamp,
    gasLimit: String(gasLimit),
    difficulty: String(difficulty),
    baseFeePerGas: String(baseFeePerGas),
    alloc: Object.fromEntries(ACCOUNTS.map((address) => [address, { balance: '1000000000000000000000' }])),
  };
  const path = join(tempFolder(), 'genesis.json');
  writeFileSync(path, JSON.stringify(change(content)));
  return path;
}
