import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Common, createCommonFromGethGenesis } from '@ethereumjs/common';
import { fromHex } from '../../../src/base/hex.js';
import type { Chain } from '../../../src/chain/chain.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { extend, keyOf, stranger, testChain, transfer } from '../../support/chain-builder.js';
import { type LiveNode, startNode } from '../../support/live-node.js';
import { grapevine, tempFolder } from '../../support/processes.js';
import { testGenesisFile } from '../../support/test-genesis-file.js';

/** A chain that a test, a foreign peer and real nodes share: made here, imported there. */
export interface SharedChain {
  readonly chain: Chain;
  readonly genesisFile: string;
  /** The blocks from 1 to the head, as `grapevine import` reads them. */
  readonly file: string;
  /** The foreign library's own reading of the genesis file; its fork hashes are computed by it. */
  readonly common: Common;
}

const GWEI = 10n ** 9n;

/** A transfer of each type in turn, all from one account. */
function mixedTransfer(nonce: number): Transaction {
  const common = {
    nonce: BigInt(nonce),
    to: stranger(nonce),
    value: 1n + BigInt(nonce),
    data: new Uint8Array(nonce % 7),
  };
  const fees = { gasLimit: 40_000n, gasPrice: 10n * GWEI, chainId: 1337n };
  switch (nonce % 3) {
    case 0:
      return signTransaction({ type: 0, ...common, ...fees }, keyOf(0));
    case 1: {
      const accessList = [{ address: stranger(5), storageKeys: [] }];
      return signTransaction({ type: 1, ...common, ...fees, accessList }, keyOf(0));
    }
    default:
      return transfer({ ...common, gasLimit: 40_000n });
  }
}

/** Makes a chain of `length` blocks; every other one holds three transfers, of types 0, 1 and 2. */
export function sharedChain(length: number): SharedChain {
  const chain = testChain();
  let nonce = 0;
  const blocks = extend(chain, length, (index) =>
    index % 2 === 0 ? {} : { transactions: [mixedTransfer(nonce++), mixedTransfer(nonce++), mixedTransfer(nonce++)] },
  );
  const file = join(tempFolder(), 'chain.rlp');
  writeFileSync(file, Buffer.concat(blocks.map((block) => block.raw)));
  const genesisFile = testGenesisFile();
  return { chain, genesisFile, file, common: foreignCommon(genesisFile, chain) };
}

/** What the foreign library makes of our genesis file. */
export function foreignCommon(genesisFile: string, chain: Chain): Common {
  const genesis = JSON.parse(readFileSync(genesisFile, 'utf8'));
  const genesisHash = fromHex(chain.genesisHash);
  return createCommonFromGethGenesis(genesis, { chain: 'shared', genesisHash, hardfork: 'london' });
}

/** Starts a real node on the genesis block alone; nobody finds it unless told. */
export function emptyNode(shared: SharedChain, ...args: string[]): Promise<LiveNode> {
  return startNode({ genesis: shared.genesisFile, args: ['--fakepow', '--nodiscover', ...args] });
}

/** Starts a real node that has the whole chain. */
export async function fullNode(shared: SharedChain, ...args: string[]): Promise<LiveNode> {
  const { genesisFile: genesis, file } = shared;
  const datadir = tempFolder();
  const imported = await grapevine(['import', file, '--datadir', datadir, '--genesis', genesis, '--fakepow']);
  if (imported.code !== 0) throw new Error(imported.stderr);
  return startNode({ datadir, genesis, args: ['--fakepow', '--nodiscover', ...args] });
}
