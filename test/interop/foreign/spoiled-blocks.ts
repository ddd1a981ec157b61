import type { Chain } from '../../../src/chain/chain.js';
import type { RuleCode } from '../../../src/consensus/rule-error.js';
import { type Block, sealedHeaderOf } from '../../../src/types/block.js';
import { buildBlock, stranger } from '../../support/chain-builder.js';

/** One rule broken in an otherwise right block, and how each side says so. */
export interface Spoiled {
  readonly name: string;
  readonly ours: RuleCode;
  /** In the words of `@ethereumjs/blockchain`, `block` and `vm`. */
  readonly theirs: RegExp;
  /** The block to put on top of `chain`, whose blocks after genesis are `blocks`. */
  readonly make: (chain: Chain, blocks: readonly Block[]) => Block;
}

/** Rules that both sides check on their own. */
export const SPOILED: readonly Spoiled[] = [
  {
    name: 'a difficulty one too high',
    ours: 'header-difficulty',
    theirs: /invalid difficulty/,
    make: (chain) => buildBlock(chain, { header: { difficulty: buildBlock(chain).header.difficulty + 1n } }),
  },
  {
    name: 'a gas limit one too far from the last',
    ours: 'header-gas-limit-bounds',
    theirs: /gas limit increased too much/,
    make: (chain) => {
      const { gasLimit } = chain.head().header;
      return buildBlock(chain, { header: { gasLimit: gasLimit + gasLimit / 1024n } });
    },
  },
  {
    name: 'a base fee one too high',
    ours: 'header-base-fee',
    theirs: /base fee not correct/,
    make: (chain) =>
      buildBlock(chain, { header: { baseFeePerGas: (buildBlock(chain).header.baseFeePerGas ?? 0n) + 1n } }),
  },
  {
    name: "an uncle whose parent is the block's eighth ancestor",
    ours: 'uncle-parent-unknown',
    theirs: /parent that is too old or too young/,
    make: (chain, blocks) => {
      const parent = blocks.at(-8);
      if (parent === undefined) throw new Error('the chain is too short');
      return buildBlock(chain, { uncles: [sealedHeaderOf(buildBlock(chain, { parent, coinbase: stranger(1) }))] });
    },
  },
  {
    name: 'a state in which the miner got nothing',
    ours: 'state-root',
    theirs: /invalid block stateRoot/,
    make: (chain) => buildBlock(chain, { header: { stateRoot: chain.head().header.stateRoot } }),
  },
];
