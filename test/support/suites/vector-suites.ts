/** A public test suite: data of others, each case judged by code of ours. */
export interface VectorSuite {
  readonly name: string;
  readonly source: string;
  /** Files or folders of the manifest; no two suites share any. */
  readonly data: readonly string[];
  /** The only test file that passes its cases. */
  readonly file: string;
}

/** Every public suite, in the order of the tables; together they hold every file of the manifest. */
export const VECTOR_SUITES = {
  'blocks-london': {
    name: 'London blockchain tests',
    source: 'ethereum/legacytests `Cancun/BlockchainTests`, those without contracts',
    data: ['blockchain/london/'],
    file: 'test/conformance/blockchain.test.ts',
  },
  'blocks-berlin': {
    name: 'Berlin blockchain tests',
    source: 'the same',
    data: ['blockchain/berlin/'],
    file: 'test/conformance/blockchain.test.ts',
  },
  difficulty: {
    name: 'difficulty, Homestead to Berlin',
    source: 'ethereum/tests `DifficultyTests`',
    data: ['difficulty/'],
    file: 'test/conformance/difficulty.test.ts',
  },
  transactions: {
    name: 'legacy transactions under nine forks',
    source: 'ethereum/tests `TransactionTests`',
    data: ['transactions/'],
    file: 'test/conformance/transactions.test.ts',
  },
  ethers: {
    name: 'transactions of types 0, 1, 2: encode, sign, decode',
    source: 'ethers `testcases/transactions`',
    data: ['ethers/'],
    file: 'test/conformance/ethers-transactions.test.ts',
  },
  'basic-transactions': {
    name: 'signed transactions',
    source: 'ethereum/tests `BasicTests/txtest`',
    data: ['basic/txtest.json'],
    file: 'test/conformance/basic-tx.test.ts',
  },
  genesis: {
    name: 'genesis blocks',
    source: 'ethereum/tests `GenesisTests`, `BasicTests`',
    data: ['genesis/'],
    file: 'test/conformance/genesis.test.ts',
  },
  trie: {
    name: 'Merkle-Patricia tries',
    source: 'ethereum/tests `TrieTests`',
    data: ['trie/'],
    file: 'test/conformance/trie.test.ts',
  },
  'hex-prefix': {
    name: 'hex-prefix paths',
    source: 'ethereum/tests `BasicTests/hexencodetest`',
    data: ['basic/hexencodetest.json'],
    file: 'test/conformance/hex-prefix.test.ts',
  },
  rlp: {
    name: 'RLP, valid and invalid',
    source: 'ethereum/tests `RLPTests`',
    data: ['rlp/'],
    file: 'test/conformance/rlp.test.ts',
  },
  'keys-and-ciphers': {
    name: 'addresses, AES, ECIES',
    source: 'ethereum/tests `BasicTests`',
    data: ['basic/keyaddrtest.json', 'basic/crypto.json'],
    file: 'test/conformance/basic-crypto.test.ts',
  },
  keystore: {
    name: 'key files (Web3 Secret Storage v3)',
    source: 'ethereum/tests `KeyStoreTests`, go-ethereum',
    data: ['keystore/'],
    file: 'test/conformance/keystore.test.ts',
  },
  bip39: {
    name: 'BIP-39 mnemonics',
    source: 'python-mnemonic',
    data: ['bip39/'],
    file: 'test/conformance/bip39.test.ts',
  },
  ecdsa: {
    name: 'ECDSA on secp256k1, each by three backends',
    source: 'Wycheproof',
    data: ['secp256k1/ecdsa_secp256k1_sha256_bitcoin_test.json'],
    file: 'test/conformance/secp256k1.test.ts',
  },
  ecdh: {
    name: 'ECDH on secp256k1, each by three backends',
    source: 'Wycheproof',
    data: ['secp256k1/ecdh_secp256k1_test.json'],
    file: 'test/conformance/secp256k1.test.ts',
  },
  'fork-ids': {
    name: 'EIP-2124 fork ids',
    source: 'go-ethereum',
    data: ['forkid/'],
    file: 'test/conformance/forkid.test.ts',
  },
  'node-records': {
    name: 'EIP-778 node records',
    source: 'EIP-778, go-ethereum',
    data: ['enr/records.json'],
    file: 'test/conformance/enr.test.ts',
  },
  'enode-urls': {
    name: 'enode URLs',
    source: 'go-ethereum',
    data: ['enr/enode_urls.json'],
    file: 'test/conformance/enode.test.ts',
  },
  discv4: {
    name: 'discv4 packets',
    source: 'EIP-8, go-ethereum',
    data: ['discv4/'],
    file: 'test/conformance/discv4.test.ts',
  },
  rlpx: {
    name: 'RLPx handshakes and Hello',
    source: 'EIP-8',
    data: ['rlpx/'],
    file: 'test/conformance/rlpx.test.ts',
  },
  openrpc: {
    name: 'JSON-RPC results against their schemas, by method',
    source: 'ethereum/execution-apis OpenRPC',
    data: ['openrpc/'],
    file: 'test/conformance/openrpc.test.ts',
  },
} as const satisfies Readonly<Record<string, VectorSuite>>;

/** The key of a public suite. */
export type VectorSuiteId = keyof typeof VECTOR_SUITES;
