import { toHex } from '../../base/hex.js';
import { invariant } from '../../base/invariant.js';
import { err, ok } from '../../base/result.js';
import type { Chain } from '../../chain/chain.js';
import { nextBaseFee } from '../../consensus/base-fee.js';
import { intrinsicGas } from '../../consensus/intrinsic-gas.js';
import { blockRewards } from '../../consensus/reward.js';
import type { RpcChain } from '../../rpc/backend.js';
import type { SealedHeader } from '../../types/header.js';
import { rulesAt } from '../../types/rules.js';
import type { NodeRooms } from '../node.js';
import type { RunCommand } from './host-facts.js';

/** Blocks under the head that no reorganisation of an honest network is expected to reach; 12 as wallets of the proof-of-work era. */
const SAFE_DEPTH = 12;
/** As deep again as the safe one, several times over: about what exchanges waited for. */
const FINALIZED_DEPTH = 64;

function ancestor(chain: Chain, depth: number): SealedHeader {
  const header = chain.headerByNumber(Math.max(0, chain.head().header.number - depth));
  invariant(header !== undefined, 'every canonical block below the head is stored');
  return header;
}

/** Blocks, state and history for JSON-RPC. */
export function createRpcChain({ chain, mining }: NodeRooms, run: RunCommand, networkId: bigint): RpcChain {
  return {
    chainId: chain.spec.chainId,
    networkId,
    genesisHash: chain.genesisHash,
    head: () => chain.head(),
    safe: () => ancestor(chain, SAFE_DEPTH),
    finalized: () => ancestor(chain, FINALIZED_DEPTH),
    pending: () => run((_rooms, nowMs) => mining.pending(nowMs)),
    headerByHash: (hash) => chain.headerByHash(hash),
    blockByHash: (hash) => chain.blockByHash(hash),
    peekBlock: (hash) => chain.peekBlock(hash),
    headerByNumber: (number) => chain.headerByNumber(number),
    blockByNumber: (number) => chain.blockByNumber(number),
    totalDifficulty: (hash) => chain.totalDifficulty(hash),
    receiptsOf: (hash) => chain.receiptsOf(hash),
    transactionLocation: (hash) => chain.transactionLocation(hash),
    stateOf: (header) => chain.stateAt(header.stateRoot),
    oldestState: () => 0,
    nextBaseFee: (parent) => (rulesAt(chain.spec, parent.number + 1).baseFee ? nextBaseFee(parent) : undefined),
    intrinsicGas: (transaction, parent) => intrinsicGas(transaction, rulesAt(chain.spec, parent.number + 1)),
    issuanceOf(block) {
      // The genesis block is not mined: what it creates is its allocation.
      if (block.header.number === 0) return { blockReward: 0n, uncleReward: 0n };
      const paid = blockRewards(block.header, block.uncles, rulesAt(chain.spec, block.header.number).blockReward);
      const own = paid.at(-1)?.amount ?? 0n;
      return { blockReward: own, uncleReward: paid.reduce((sum, { amount }) => sum + amount, -own) };
    },
    forkHash: () => toHex(chain.forkId().hash),
    badBlocks: () =>
      chain.badBlocks().map(({ block, error }) => ({ block, reason: `${error.code}: ${error.message}` })),
    setHead: (number) =>
      run((rooms, nowMs) => (rooms.rewind(number, nowMs) ? ok(undefined) : err(`no block ${number} below the head`))),
  };
}
