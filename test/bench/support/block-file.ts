import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import type { Chain } from '../../../src/chain/chain.js';
import { openChain } from '../../../src/chain/open-chain.js';
import { sealTarget } from '../../../src/consensus/pow.js';
import { searchSeal } from '../../../src/miner/search-seal.js';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import { type Block, makeBlock } from '../../../src/types/block.js';
import { parseGenesis } from '../../../src/types/genesis-file.js';
import { sealHash, sealHeader } from '../../../src/types/header.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { cachedPath } from './scratch.js';
import { CACHE_VERSION, GAS_LIMIT, genesisFile, HIGH_FEE_CAP, recipient, transfer } from './world.js';

/** What {@link blockFile} makes. */
export interface BlockFileShape {
  readonly blocks: number;
  readonly transfersPerBlock: number;
  readonly senders: number;
  readonly recipients: number;
  /** Only every so many blocks hold transfers, if given. */
  readonly every?: number;
  /** Twice the gas of the transfers keeps the base fee where it is, however many blocks there are. */
  readonly gasLimit?: number;
}

/** A file of sealed blocks full of transfers, as `grapevine import` reads it; made once, in a minute or so. */
export function blockFile(shape: BlockFileShape): { readonly path: string; readonly genesis: string } {
  const { blocks, transfersPerBlock, senders, recipients, every = 1, gasLimit = GAS_LIMIT } = shape;
  const genesis = genesisFile(senders, gasLimit);
  const rest = `${every === 1 ? '' : `-every${every}`}${gasLimit === GAS_LIMIT ? '' : `-gas${gasLimit}`}`;
  const name = `blocks-${blocks}-${transfersPerBlock}-${senders}-${recipients}${rest}.rlp`;
  const path = cachedPath(name, CACHE_VERSION);
  if (existsSync(path)) return { path, genesis };
  const chain = chainOf(genesis);
  const descriptor = openSync(`${path}.partial`, 'w');
  let sent = 0;
  for (let number = 0; number < blocks; number++) {
    const transfers = Array.from({ length: number % every === 0 ? transfersPerBlock : 0 }, () => {
      const n = sent++;
      return transfer(n % senders, Math.floor(n / senders), recipient(n % recipients), HIGH_FEE_CAP);
    });
    writeSync(descriptor, extend(chain, transfers).raw);
  }
  closeSync(descriptor);
  renameSync(`${path}.partial`, path);
  return { path, genesis };
}

function chainOf(genesis: string): Chain {
  const parsed = parseGenesis(JSON.parse(readFileSync(genesis, 'utf8')));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const opened = openChain({ kv: new MemoryKv(), genesis: parsed.value }, { fakePow: true });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Puts a block with `transfers` on top of `chain`: 13 s after its parent, which keeps the difficulty, and sealed. */
function extend(chain: Chain, transfers: readonly Transaction[]): Block {
  const { hash, header } = chain.head();
  const { gasLimit } = header;
  const fields = { coinbase: recipient(0), timestamp: header.timestamp + 13, gasLimit, extraData: EMPTY_BYTES };
  const proposal = chain.propose(hash, fields);
  if (proposal === undefined) throw new Error('the chain lost its head');
  for (const transaction of transfers) {
    const result = proposal.tryTransaction(transaction);
    if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  }
  const proposed = proposal.finish([]);
  const seal = searchSeal(sealHash(proposed.header), sealTarget(proposed.header.difficulty), 0n, 2 ** 32);
  if (seal === undefined) throw new Error('no seal among 2^32 nonces');
  const block = makeBlock(sealHeader({ ...proposed.header, ...seal }), proposed.body);
  const outcome = chain.importBlock(block, block.header.timestamp);
  if (outcome.kind !== 'head') throw new Error(`a block came out as ${outcome.kind}`);
  return block;
}
