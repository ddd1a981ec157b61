import { MerklePatriciaTrie, verifyMPTWithMerkleProof } from '@ethereumjs/mpt';
import { fromRlp, type Hex, hexToBytes, keccak256, toHex } from 'viem';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { devAccount, signedTransfer } from '../support/devnet-transfer.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode, TEST_ETHERBASE } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const EMPTY_ROOT = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';
const NO_CODE = '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';
const RECIPIENT = '0x00000000000000000000000000000000000c0de0';
const TRANSFERS = 20;

interface Proof {
  readonly address: Hex;
  readonly accountProof: readonly Hex[];
  readonly balance: Hex;
  readonly nonce: Hex;
  readonly codeHash: Hex;
  readonly storageHash: Hex;
  readonly storageProof: readonly { readonly key: Hex; readonly value: Hex; readonly proof: readonly Hex[] }[];
}

const sender = devAccount(3);
const from = sender.address.toLowerCase() as Hex;
let node: LiveNode;

beforeAll(async () => {
  node = await startNode({ args: [...MINE, '--nodiscover'] });
  for (let nonce = 0; nonce < TRANSFERS; nonce++)
    await node.call('eth_sendRawTransaction', await signedTransfer(sender, nonce));
  await eventually(
    'all transfers are in blocks, with some blocks behind them',
    async () =>
      (await node.call('eth_getTransactionCount', from, 'latest')) === toHex(TRANSFERS) &&
      (await headOf(node.url)).number >= 5,
  );
});

afterAll(async () => {
  await node?.stop();
  await killAll();
});

/** The account that a foreign verifier finds proved under `root`: its four members, or null for a proved absence. */
async function proved(root: Hex, { address, accountProof }: Proof): Promise<readonly Hex[] | null> {
  const value = await verifyMPTWithMerkleProof(
    new MerklePatriciaTrie(),
    hexToBytes(root),
    hexToBytes(keccak256(address)),
    accountProof.map((each) => hexToBytes(each)),
  );
  return value === null ? null : (fromRlp(value, 'hex') as Hex[]);
}

async function proofAt(address: string, block: string): Promise<{ readonly proof: Proof; readonly root: Hex }> {
  const { stateRoot } = await node.call<{ stateRoot: Hex }>('eth_getBlockByNumber', block, false);
  return { proof: await node.call<Proof>('eth_getProof', address, ['0x0'], block), root: stateRoot };
}

/** A number as RLP has it. */
const scalar = (value: Hex): Hex => (BigInt(value) === 0n ? '0x' : toHex(hexToBytes(toHex(BigInt(value)))));

it.each([
  { of: 'a funded account in the genesis', address: from, block: '0x0', nonce: '0x0' },
  { of: 'the same after many transfers', address: from, block: 'latest', nonce: toHex(TRANSFERS) },
  { of: 'who got them', address: RECIPIENT, block: 'latest', nonce: '0x0' },
  { of: 'the miner', address: TEST_ETHERBASE, block: 'latest', nonce: '0x0' },
])('proves $of', async ({ address, block, nonce }) => {
  const number = block === 'latest' ? toHex((await headOf(node.url)).number) : block;
  const { proof, root } = await proofAt(address, number);
  const balance = await node.call<Hex>('eth_getBalance', address, number);
  expect(proof).toMatchObject({ address, nonce, balance, codeHash: NO_CODE, storageHash: EMPTY_ROOT });
  expect(proof.storageProof).toEqual([{ key: '0x0', value: '0x0', proof: [] }]);
  expect(await proved(root, proof)).toEqual([scalar(nonce as Hex), scalar(balance), EMPTY_ROOT, NO_CODE]);
});

it.each(['0x0', 'latest'])('proves that there is no such account at %s', async (block) => {
  const number = block === 'latest' ? toHex((await headOf(node.url)).number) : block;
  const { proof, root } = await proofAt('0x00000000000000000000000000000000000000ff', number);
  expect(proof).toMatchObject({ balance: '0x0', nonce: '0x0', codeHash: NO_CODE, storageHash: EMPTY_ROOT });
  expect(proof.accountProof.length).toBeGreaterThan(0);
  expect(await proved(root, proof)).toBeNull();
});

it('proves every block of the chain', async () => {
  const head = (await headOf(node.url)).number;
  for (let number = 0; number <= head; number++) {
    const { proof, root } = await proofAt(from, toHex(number));
    expect(await proved(root, proof), `block ${number}`).toEqual([
      scalar(proof.nonce),
      scalar(proof.balance),
      EMPTY_ROOT,
      NO_CODE,
    ]);
  }
});

it('proves nothing under another root, or with a changed node', async () => {
  const { proof, root } = await proofAt(from, 'latest');
  const { stateRoot } = await node.call<{ stateRoot: Hex }>('eth_getBlockByNumber', '0x0', false);
  await expect(proved(stateRoot, proof)).rejects.toThrow();
  const last = proof.accountProof.at(-1) ?? '0x';
  const forged = { ...proof, accountProof: [...proof.accountProof.slice(0, -1), `${last.slice(0, -2)}00` as Hex] };
  await expect(proved(root, forged)).rejects.toThrow();
});
