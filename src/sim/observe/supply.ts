import { BoundedMap } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import type { Chain } from '../../chain/chain.js';
import type { Block } from '../../types/block.js';
import { rulesAt } from '../../types/rules.js';
import { honestNodes, type Invariant } from './invariant.js';

/** Blocks whose supply is remembered: so far back may a fork of a run begin. */
const MAX_REMEMBERED = 16_384;

/**
 * Wei that a block adds: its reward, 1/32 of it for each uncle, and (8 - distance)/8 of it to the uncle's miner, less the
 * base fee of its gas (Yellow Paper, 11.3; EIP-1559). Computed apart from the code that pays it out.
 */
function created(chain: Chain, { header, uncles }: Block): bigint {
  const { blockReward } = rulesAt(chain.spec, header.number);
  const forUncles = uncles.reduce((sum, uncle) => {
    const distance = BigInt(header.number - uncle.header.number);
    return sum + blockReward / 32n + ((8n - distance) * blockReward) / 8n;
  }, 0n);
  return blockReward + forUncles - (header.baseFeePerGas ?? 0n) * header.gasUsed;
}

function balances(chain: Chain, root: Hash32): bigint {
  let sum = 0n;
  for (const [, account] of chain.stateAt(root)?.accounts() ?? []) sum += account.balance;
  return sum;
}

/** What there must be at `head`, from the nearest ancestor whose supply is known; undefined if a block is missing. */
function expectedAt(chain: Chain, known: BoundedMap<Hash32, bigint>, head: Hash32): bigint | undefined {
  const path: Block[] = [];
  let hash = head;
  let supply = known.peek(hash);
  while (supply === undefined) {
    const block = chain.blockByHash(hash);
    if (block === undefined) return undefined;
    if (block.header.number === 0) supply = balances(chain, block.header.stateRoot);
    else path.push(block);
    hash = block.header.parentHash;
    supply ??= known.peek(hash);
  }
  for (const block of path.reverse()) {
    supply += created(chain, block);
    known.set(block.hash, supply);
  }
  return supply;
}

/** All balances at a head are those of the genesis, and the rewards since, less what was burnt. */
export const supplyConserved: Invariant = {
  name: 'supply',
  summary: 'balances at each head = genesis + rewards - burnt fees',
  begin() {
    const known = new BoundedMap<Hash32, bigint>(MAX_REMEMBERED);
    const checked = new BoundedMap<Hash32, true>(MAX_REMEMBERED);
    return {
      check({ world }) {
        for (const node of honestNodes(world)) {
          const { chain } = node.rooms();
          const { hash, header } = chain.head();
          if (checked.has(hash)) continue;
          checked.set(hash, true);
          const expected = expectedAt(chain, known, hash);
          const actual = balances(chain, header.stateRoot);
          if (expected !== undefined && expected !== actual) {
            return `at block ${header.number} of ${node.name} there are ${actual} wei, not ${expected}`;
          }
        }
        return undefined;
      },
    };
  },
};
