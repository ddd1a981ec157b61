import type { RpcBackend, RpcSyncProgress } from './backend.js';
import { serverError } from './errors.js';
import type { Json } from './json.js';
import { type Method, method } from './method.js';
import { quantity } from './quantity.js';

/** Sync progress as `eth_syncing` shows it; false when there is nothing to catch up with. */
export function syncingView(progress: RpcSyncProgress | undefined): Json {
  if (progress === undefined) return false;
  return {
    startingBlock: quantity(progress.startingBlock),
    currentBlock: quantity(progress.currentBlock),
    highestBlock: quantity(progress.highestBlock),
  };
}

/** What a router may ask of this node: everything from `oldestBlock` on. */
function capabilities({ chain }: RpcBackend): Json {
  const head = chain.head();
  const all = { disabled: false, oldestBlock: '0x0' };
  const state = { disabled: false, oldestBlock: quantity(chain.oldestState()) };
  return {
    head: { number: quantity(head.header.number), hash: head.hash },
    blocks: all,
    tx: all,
    receipts: all,
    logs: all,
    state,
    stateproofs: state,
  };
}

/** EIP-7910. Every fork of a chain of ours is active from the genesis on, and none has blobs, precompiles or system contracts. */
function configuration({ chain }: RpcBackend): Json {
  return {
    current: {
      activationTime: 0,
      blobSchedule: { target: 0, max: 0, baseFeeUpdateFraction: 0 },
      chainId: quantity(chain.chainId),
      forkId: chain.forkHash(),
      precompiles: {},
      systemContracts: {},
    },
    next: null,
    last: null,
  };
}

/** What the chain is and how far this node has it. */
export function ethChainMethods(backend: RpcBackend): readonly Method[] {
  const { chain, miner, node } = backend;
  const chainId = quantity(chain.chainId);
  return [
    method('eth_chainId', [], () => chainId),
    method('eth_blockNumber', [], () => quantity(chain.head().header.number)),
    method('eth_syncing', [], () => syncingView(node.syncing())),
    // The newest wire version spoken, as old tools expect it.
    method('eth_protocolVersion', [], () => quantity(68)),
    method('eth_accounts', [], () => []),
    method('eth_coinbase', [], () => {
      const etherbase = miner.etherbase();
      if (etherbase === undefined)
        throw serverError(
          'etherbase must be explicitly specified',
          'set one with --miner.etherbase or miner_setEtherbase',
        );
      return etherbase;
    }),
    method('eth_config', [], () => configuration(backend)),
    method('eth_capabilities', [], () => capabilities(backend)),
  ];
}
