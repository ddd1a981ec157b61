import { beforeAll, describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../src/base/brand.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { SimNode } from '../../../src/sim/machines/sim-node.js';
import { bounds } from '../../../src/sim/observe/bounds.js';
import type { Checker } from '../../../src/sim/observe/invariant.js';
import { noEcho } from '../../../src/sim/observe/no-echo.js';
import { noTransactionLost } from '../../../src/sim/observe/no-loss.js';
import { supplyConserved } from '../../../src/sim/observe/supply.js';
import { tableRules } from '../../../src/sim/observe/table-rules.js';
import { simGenesis } from '../../../src/sim/sim-genesis.js';
import { createWorld, type World } from '../../../src/sim/world.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { BASE_PROTOCOL_LENGTH } from '../../../src/wire/capability.js';
import { newBlockHashes } from '../../../src/wire/eth/new-block-hashes.js';
import { newPooledTransactionHashes } from '../../../src/wire/eth/new-pooled-transaction-hashes.js';
import { EthCode } from '../../../src/wire/eth/protocol.js';

const KEY = new Uint8Array(32).fill(7);
const OWNER = addressOfPrivateKey(KEY);
const GENESIS = simGenesis([OWNER], 2);

beforeAll(async () => {
  await selectCrypto();
});

function payment(nonce: bigint, maxFeePerGas = 100_000_000_000n): Transaction {
  const { chainId } = GENESIS.spec;
  const fields = { nonce, maxPriorityFeePerGas: 1_000_000_000n, maxFeePerGas, gasLimit: 21_000n, value: 1n };
  return signTransaction({ type: 2, chainId, to: OWNER, data: new Uint8Array(0), accessList: [], ...fields }, KEY);
}

/** Two nodes, watched by one checker; the first mines if it is told to. */
function twoNodes(checker: Checker, hashrate: number): { world: World; miner: SimNode; other: SimNode } {
  const watch = {
    ...{ begin: () => {}, onMoment: () => {}, look: () => {}, nextLookMs: () => Number.POSITIVE_INFINITY },
    onChannel: (node: string) => checker.onChannel?.(node),
    onEvent: (...told: Parameters<NonNullable<Checker['onEvent']>>) => checker.onEvent?.(...told),
  };
  const links = { latency: { kind: 'constant', ms: 20 }, datagramLoss: 0 } as const;
  const world = createWorld({ seed: 'two', fidelity: 'scale', genesis: GENESIS, links, watch });
  const miner = world.addNode({ bootnodes: [], hashrate });
  const other = world.addNode({ bootnodes: [miner], hashrate: 0 });
  miner.start();
  other.start();
  world.run(5_000);
  return { world, miner, other };
}

const check = (checker: Checker, world: World): string | undefined =>
  checker.check({ world, atMs: world.elapsedMs(), moments: new Map() });

const offer = (node: SimNode, tx: Transaction) =>
  node.execute(({ pool }, nowMs) => pool.add(tx, { local: true }, nowMs)).kind;

/** The world as it would be if `change` were made to the rooms of each node. */
function withRooms(world: World, change: (rooms: ReturnType<SimNode['rooms']>) => ReturnType<SimNode['rooms']>): World {
  return { ...world, nodes: world.nodes.map((node) => ({ ...node, rooms: () => change(node.rooms()) })) };
}

describe('supply', () => {
  it('is conserved by rewards, fees and payments, and a wei too many is noticed', () => {
    const checker = supplyConserved.begin();
    const { world, miner } = twoNodes(checker, 65_536);
    for (let nonce = 0n; nonce < 5n; nonce++) {
      expect(offer(miner, payment(nonce))).toBe('added');
      world.run(4_000);
      expect(check(checker, world)).toBeUndefined();
    }
    const { chain } = miner.rooms();
    expect(chain.transactionLocation(payment(0n).hash)).toBeDefined();

    const forged = withRooms(world, (rooms) => ({
      ...rooms,
      chain: {
        ...rooms.chain,
        stateAt(root) {
          const state = rooms.chain.stateAt(root);
          if (state === undefined || root !== rooms.chain.head().header.stateRoot) return state;
          const accounts = [...state.accounts()].map(
            ([hash, account], index) =>
              [hash, { ...account, balance: account.balance + (index === 0 ? 1n : 0n) }] as const,
          );
          return { root, accounts: () => accounts.values() } as unknown as typeof state;
        },
      },
    }));
    expect(check(supplyConserved.begin(), forged)).toMatch(/^at block \d+ of n0 there are \d+ wei, not \d+$/);
  });
});

describe('a transaction', () => {
  it('is safe in a pool or on the chain, and lost if every pool forgets it', () => {
    const checker = noTransactionLost.begin();
    const { world, miner, other } = twoNodes(checker, 0);
    const transaction = payment(0n);
    offer(miner, transaction);
    world.run(5_000);
    expect(other.rooms().pool.has(transaction.hash)).toBe(true);
    expect(check(checker, world)).toBeUndefined();
    miner.execute(({ pool }) => pool.clear());
    expect(check(checker, world)).toBeUndefined();
    other.execute(({ pool }) => pool.clear());
    expect(check(checker, world)).toBe(`nobody has ${transaction.hash} any more`);
  });

  it.each([
    { name: 'killed', end: (node: SimNode) => node.kill() },
    {
      name: 'killed and started again',
      end: (node: SimNode) => {
        node.kill();
        node.start();
      },
    },
  ])('is not lost by the nodes when the only one that had it was $name', ({ end }) => {
    const checker = noTransactionLost.begin();
    const { world, miner } = twoNodes(checker, 0);
    offer(miner, payment(0n));
    end(miner);
    expect(check(checker, world)).toBeUndefined();
    world.run(1_000);
    expect(check(checker, world)).toBeUndefined();
  });

  it('is lost when one that had it died, and another that had it forgot it', () => {
    const checker = noTransactionLost.begin();
    const { world, miner, other } = twoNodes(checker, 0);
    offer(miner, payment(0n));
    world.run(5_000);
    miner.kill();
    other.execute(({ pool }) => pool.clear());
    expect(check(checker, world)).toBe(`nobody has ${payment(0n).hash} any more`);
  });

  it('is not lost when a dearer one replaced it', () => {
    const checker = noTransactionLost.begin();
    const { world, miner } = twoNodes(checker, 0);
    const dearer = signTransaction(
      { ...payment(0n), maxPriorityFeePerGas: 5_000_000_000n, maxFeePerGas: 500_000_000_000n } as Parameters<
        typeof signTransaction
      >[0],
      KEY,
    );
    expect([offer(miner, payment(0n)), offer(miner, dearer)]).toEqual(['added', 'added']);
    world.run(5_000);
    expect(check(checker, world)).toBeUndefined();
  });

  it('of a block that a node drops must stay with that node', () => {
    const checker = noTransactionLost.begin();
    const { world, miner } = twoNodes(checker, 65_536);
    offer(miner, payment(0n));
    world.run(20_000);
    const { chain } = miner.rooms();
    const mined = chain.transactionLocation(payment(0n).hash)?.number ?? 0;
    expect(mined).toBeGreaterThan(0);
    miner.execute(({ rewind }, nowMs) => rewind(mined - 1, nowMs));
    expect(check(checker, world)).toBeUndefined();
    miner.execute(({ pool }) => pool.clear());
    expect(check(checker, world)).toBe(`n0 lost ${payment(0n).hash} of a block that it dropped`);
  });
});

describe('bounds', () => {
  it('are kept, and one more is noticed', () => {
    const checker = bounds.begin();
    const { world } = twoNodes(checker, 0);
    expect(check(checker, world)).toBeUndefined();
    const overfull = withRooms(world, (rooms) => ({ ...rooms, imports: { ...rooms.imports, size: () => 513 } }));
    expect(check(checker, overfull)).toBe('n0 has 513 blocks in the import queue, at most 512');
  });
});

describe('rules of the table', () => {
  const [id, ip] = [(head: string) => `0x${head.padEnd(64, '0')}`, (host: number) => `9.9.9.${host}`];
  /** `n` nodes at the same distance from a node of id `own`, spread over /24s so that each has at most `each`. */
  const nodesAt = (own: number, n: number, each: number) =>
    Array.from({ length: n }, (_, i) => {
      const head = (own ^ 0x8000 ^ i).toString(16).padStart(4, '0');
      const endpoint = { ip: `9.9.${Math.floor(i / each)}.${1 + (i % each)}` };
      return { nodeId: id(head), endpoint, bucket: 16, replacement: i >= 16 };
    });
  const CASES = [
    { name: 'a full table', table: (own: number) => nodesAt(own, 26, 2), wrong: undefined },
    {
      name: 'a node in another bucket',
      table: (own: number) => nodesAt(own, 1, 1).map((node) => ({ ...node, bucket: 15 })),
      wrong: /^n0 has 0x[0-9a-f]{8} in bucket 15, where 16 is right$/,
    },
    {
      name: 'a bucket of 17',
      table: (own: number) => nodesAt(own, 17, 1).map((node) => ({ ...node, replacement: false })),
      wrong: 'n0 has 17 nodes in bucket 16',
    },
    {
      name: 'eleven that wait',
      table: (own: number) => nodesAt(own, 27, 2),
      wrong: 'n0 has 11 nodes in replacements of bucket 16',
    },
    {
      name: 'three of a /24 in a bucket',
      table: (own: number) => nodesAt(own, 3, 3),
      wrong: 'n0 has 3 nodes of 9.9.0 in bucket 16',
    },
    {
      name: 'eleven of a /24',
      table: (own: number) =>
        Array.from({ length: 11 }, (_, i) => {
          const head = (own ^ (0x8000 >> Math.floor(i / 2)) ^ (i % 2)).toString(16).padStart(4, '0');
          return { nodeId: id(head), endpoint: { ip: ip(i) }, bucket: 16 - Math.floor(i / 2), replacement: false };
        }),
      wrong: 'n0 has 11 nodes of 9.9.9 in its table',
    },
  ];

  it.each(CASES)('$name', ({ table, wrong }) => {
    const checker = tableRules.begin();
    const { world, miner } = twoNodes(checker, 0);
    expect(check(checker, world)).toBeUndefined();
    const own = Number.parseInt(miner.identity.nodeId.slice(2, 6), 16);
    const discoveryTable = () => table(own) as never;
    const changed = withRooms(world, (rooms) => ({ ...rooms, swarm: { ...rooms.swarm, discoveryTable } }));
    const first = { ...changed, nodes: changed.nodes.slice(0, 1) };
    expect(check(checker, first)).toEqual(
      typeof wrong === 'string' || wrong === undefined ? wrong : expect.stringMatching(wrong),
    );
  });
});

describe('no echo', () => {
  const TOLD = `0x${'7'.repeat(64)}` as Hash32;
  const OTHER = `0x${'8'.repeat(64)}` as Hash32;
  const code = (relative: number): number => BASE_PROTOCOL_LENGTH + relative;
  const blocks = (...hashes: Hash32[]): Uint8Array =>
    newBlockHashes.encode(hashes.map((hash) => ({ hash, number: 1 })));
  const heard = () => {
    const checker = noEcho.begin();
    const [one, other] = [checker.onChannel?.('n0'), checker.onChannel?.('n0')];
    one?.onReceived(code(newBlockHashes.code), blocks(TOLD));
    return { checker, one, other, verdict: () => checker.check({ world: {} as World, atMs: 0, moments: new Map() }) };
  };

  it('is not heard among honest nodes that mine and pay', () => {
    const checker = noEcho.begin();
    const { world, miner, other } = twoNodes(checker, 65_536);
    for (let nonce = 0n; nonce < 5n; nonce++) {
      offer(nonce % 2n === 0n ? miner : other, payment(nonce));
      world.run(3_000);
    }
    expect(check(checker, world)).toBeUndefined();
  });

  it('is not what another peer is told, nor something else', () => {
    const { one, other, verdict } = heard();
    other?.onSent(code(newBlockHashes.code), blocks(TOLD));
    one?.onSent(code(newBlockHashes.code), blocks(OTHER));
    one?.onSent(code(newBlockHashes.code), Uint8Array.of(0xc1));
    expect(verdict()).toBeUndefined();
  });

  it('is what a peer is told that told it, whatever the message', () => {
    const { one, verdict } = heard();
    const announced = newPooledTransactionHashes(68).encode([{ hash: TOLD, type: 2, size: 100 }]);
    one?.onSent(code(EthCode.newPooledTransactionHashes), announced);
    expect(verdict()).toBe(`n0 told a peer of ${TOLD}, which it had from that peer`);
  });

  it('is listened for at the first nodes alone', () => {
    const checker = noEcho.begin();
    expect(Array.from({ length: 9 }, (_, i) => checker.onChannel?.(`n${i}`) !== undefined)).toEqual([
      ...Array.from({ length: 8 }, () => true),
      false,
    ]);
  });
});
