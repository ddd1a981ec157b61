/** Other people's program that a real process of ours is tested against. */
export interface PeerSuite {
  readonly name: string;
  /** Packages whose locked versions are the program's; none where its requests are replayed as published. */
  readonly packages: readonly string[];
  readonly checked: string;
  /** Each test of these files is a case. */
  readonly files: readonly string[];
}

/** Every foreign program, in the order of the tables. */
export const PEER_SUITES: readonly PeerSuite[] = [
  {
    name: '`@ethereumjs/client`, a full node',
    packages: ['@ethereumjs/client'],
    checked:
      'syncs 1,500 blocks from us and executes them in its own VM: types 0, 1 and 2, memos, access lists, uncles, difficulty, base fee, rewards, receipts, state; then follows live blocks by gossip; transactions both ways; five spoiled blocks refused by both. Not the seal, which it does not know',
    files: ['test/interop/foreign-node.test.ts'],
  },
  {
    name: '`@ethereumjs/devp2p`, an RLPx peer',
    packages: ['@ethereumjs/devp2p'],
    checked:
      'eth/66, 67 and 68, we dial and it dials: handshake, headers, bodies, receipts, pooled transactions, gossip both ways, disconnect reasons both ways',
    files: ['test/interop/devp2p-eth.test.ts', 'test/interop/devp2p-disconnect.test.ts'],
  },
  {
    name: '`@ethereumjs/devp2p`, a discv4 neighbour',
    packages: ['@ethereumjs/devp2p'],
    checked: 'bonding both ways, lookups through us, node records',
    files: ['test/interop/devp2p-discovery.test.ts'],
  },
  {
    name: '`@ethereumjs/devp2p`, made to misbehave',
    packages: ['@ethereumjs/devp2p'],
    checked:
      'wrong genesis, network, fork id and version; replies never sent, sent twice, unasked, too long, unlinked, not matching; false total difficulties; blocks that do not execute: each fault named, the sync finished from others',
    files: ['test/interop/devp2p-wrong-peers.test.ts'],
  },
  {
    name: '`cast`, viem, ethers, web3',
    packages: ['@foundry-rs/cast', 'viem', 'ethers', 'web3'],
    checked:
      'transfers of types 0, 1 and 2 to different nodes, receipts equal on all; replacement, nonce gaps, a node killed',
    files: ['test/interop/transfers.test.ts'],
  },
  {
    name: 'MetaMask, Rabby',
    packages: [],
    checked: 'their requests to add a network, send and track, byte for byte; every field that they read',
    files: ['test/interop/wallets.test.ts'],
  },
  {
    name: 'Blockscout, Otterscan',
    packages: [],
    checked: "the indexer's requests and the explorer's pages, byte for byte; every field that they read",
    files: ['test/interop/explorers.test.ts'],
  },
  {
    name: '`@ethereumjs/mpt`, a verifier of proofs',
    packages: ['@ethereumjs/mpt'],
    checked: '`eth_getProof` of accounts that exist and that do not, at every block',
    files: ['test/interop/proofs.test.ts'],
  },
];
