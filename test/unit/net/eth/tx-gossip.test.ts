import { describe, expect, it } from 'vitest';
import { localStatus } from '../../../../src/net/eth/handshake.js';
import type { Transaction } from '../../../../src/types/transaction.js';
import { decodeTransaction } from '../../../../src/types/transaction-codec.js';
import { getPooledTransactions } from '../../../../src/wire/eth/get-pooled-transactions.js';
import { newPooledTransactionHashes } from '../../../../src/wire/eth/new-pooled-transaction-hashes.js';
import { pooledTransactions } from '../../../../src/wire/eth/pooled-transactions.js';
import { EthCode, type EthVersion } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import { transactions } from '../../../../src/wire/eth/transactions.js';
import { transfer } from '../../../support/eth-chain.js';
import { EthWorld, type WorldNode } from '../../../support/eth-world.js';

const some = (count: number, from = 0): Transaction[] => Array.from({ length: count }, (_, i) => transfer(from + i));

/** A node with `count` connections that the test speaks on. */
function setUp(count: number, options: { version?: EthVersion; blocksOnly?: boolean } = {}) {
  const world = new EthWorld();
  const node = world.node('node');
  const version = options.version ?? 68;
  const conns = Array.from({ length: count }, () => {
    const conn = world.dangling(node, { version, blocksOnly: options.blocksOnly ?? false });
    world.deliver(node, conn, EthCode.status, status.encode(localStatus(node.chain, version)));
    return conn;
  });
  node.sent.length = 0;
  const announce = (conn: number, txs: readonly Transaction[]): void => {
    const codec = newPooledTransactionHashes(version);
    const list = txs.map(({ hash, type, raw }) => ({ hash, type, size: raw.length }));
    world.deliver(node, conn, codec.code, codec.encode(list));
  };
  const requests = (conn?: number) =>
    node.sent
      .filter((message) => message.code === EthCode.getPooledTransactions && (conn ?? message.conn) === message.conn)
      .map((message) => ({ ...message, ...getPooledTransactions.decode(message.payload) }));
  const answer = (
    conn: number,
    raws: readonly Uint8Array[],
    requestId = requests(conn).at(-1)?.requestId ?? 0n,
  ): void =>
    world.deliver(node, conn, EthCode.pooledTransactions, pooledTransactions.encode({ requestId, transactions: raws }));
  return { world, node, conns, conn: conns[0] as number, other: conns[1] as number, announce, requests, answer };
}

const raws = (txs: readonly Transaction[]): Uint8Array[] => txs.map(({ raw }) => raw);

describe('fetching announced transactions', () => {
  it('waits 500 ms, asks the announcer, delivers', () => {
    const { world, node, conn, announce, requests, answer } = setUp(1);
    const txs = some(3);
    const startMs = world.nowMs;
    announce(conn, txs);
    world.run(499);
    expect(requests()).toEqual([]);
    world.run(1);
    expect(requests().map(({ atMs, hashes }) => [atMs - startMs, hashes])).toEqual([
      [500, txs.map(({ hash }) => hash)],
    ]);
    answer(conn, raws(txs));
    world.run(1);
    expect([...node.pool.all.keys()]).toEqual(txs.map(({ hash }) => hash));
    expect(node.faults).toEqual([]);
    expect(node.merits).toEqual([{ conn, merit: { kind: 'transactions', count: 3 } }]);
  });

  it('asks for nothing that comes by itself meanwhile, or is pooled', () => {
    const { world, node, conn, other, announce, requests } = setUp(2);
    const txs = some(3);
    node.addLocal(txs.slice(0, 1));
    announce(conn, txs);
    world.run(100);
    world.deliver(node, other, EthCode.transactions, transactions.encode(raws(txs.slice(1, 2))));
    world.run(5000);
    expect(requests()[0]?.hashes).toEqual([txs[2]?.hash]);
  });

  it('asks another announcer 1 s after one that does not answer', () => {
    const { world, node, conn, other, announce, requests, answer } = setUp(2);
    const txs = some(1);
    const startMs = world.nowMs;
    announce(conn, txs);
    announce(other, txs);
    world.run(1500);
    expect(requests().map(({ conn: asked, atMs }) => [asked, atMs - startMs])).toEqual([
      [conn, 500],
      [other, 1500],
    ]);
    answer(other, raws(txs));
    world.run(10_000);
    expect(node.pool.all.size).toBe(1);
    expect(node.faults.map(({ conn: at, fault }) => [at, fault.code])).toEqual([[conn, 'request-timeout']]);
  });

  describe('for which there is no room', () => {
    it('asks again a second later, an announcer or who brought them', () => {
      const { world, node, conn, other, announce, requests, answer } = setUp(2);
      const txs = some(3);
      node.pool.room = 1;
      announce(conn, txs);
      world.run(600);
      announce(other, txs);
      answer(conn, raws(txs));
      world.run(1);
      expect([...node.pool.all.keys()]).toEqual([txs[0]?.hash]);
      node.pool.room = 10;
      world.run(900);
      expect(requests()).toHaveLength(1);
      world.run(600);
      const again = requests().slice(1);
      expect(again.flatMap(({ hashes }) => hashes)).toEqual(txs.slice(1).map(({ hash }) => hash));
      answer(again[0]?.conn ?? 0, raws(txs.slice(1)));
      world.run(1);
      expect(node.pool.all.size).toBe(3);
      world.run(5_000);
      expect(requests()).toHaveLength(2);
      expect(node.faults).toEqual([]);
    });

    it('asks the only one who has them again', () => {
      const { world, node, conn, announce, requests, answer } = setUp(1);
      const txs = some(300);
      node.pool.room = 0;
      announce(conn, txs);
      world.run(600);
      answer(conn, raws(txs.slice(0, 256)));
      node.pool.room = 1_000;
      const byHash = new Map(txs.map(({ hash, raw }) => [hash, raw]));
      for (let i = 1; i < 4; i++) {
        world.run(1_000);
        const { hashes, requestId } = requests()[i] ?? { hashes: [], requestId: 0n };
        answer(
          conn,
          hashes.map((hash) => byHash.get(hash) ?? new Uint8Array()),
          requestId,
        );
      }
      expect(node.pool.all.size).toBe(300);
    });

    it('asks for those that came by themselves, of whoever sent or announced them', () => {
      const { world, node, conns, announce, requests, answer } = setUp(3);
      const [pusher, announcer, idle] = conns as [number, number, number];
      const txs = some(2);
      node.pool.room = 0;
      announce(announcer, txs.slice(0, 1));
      world.deliver(node, pusher, EthCode.transactions, transactions.encode(raws(txs)));
      node.pool.room = 10;
      world.run(1_100);
      for (const conn of [pusher, announcer]) {
        const asked = requests(conn).flatMap(({ hashes }) => hashes);
        answer(conn, raws(txs.filter(({ hash }) => asked.includes(hash))));
      }
      world.run(1);
      expect(node.pool.all.size).toBe(2);
      expect(requests(idle)).toEqual([]);
    });
  });

  it('is not led off by the same transactions before one that does not decode', () => {
    const { world, node, conn, other, announce, requests, answer } = setUp(2);
    const txs = some(3);
    announce(other, txs);
    world.deliver(node, conn, EthCode.transactions, transactions.encode([...raws(txs), Uint8Array.of(0xc1, 0x80)]));
    expect(node.faultCodes()).toEqual(['malformed-message']);
    world.run(600);
    expect(requests(other)[0]?.hashes).toEqual(txs.map(({ hash }) => hash));
    answer(other, raws(txs));
    world.run(1);
    expect(node.pool.all.size).toBe(3);
  });

  it('asks another announcer at once if one leaves, or has nothing', () => {
    for (const kind of ['leaves', 'empty'] as const) {
      const { world, node, conn, other, announce, requests, answer } = setUp(2);
      announce(conn, some(1));
      announce(other, some(1));
      world.run(600);
      if (kind === 'leaves') world.cut(node, conn);
      else answer(conn, []);
      world.run(20);
      expect(requests(other)).toHaveLength(1);
    }
  });

  it('asks whoever announced one, however many did so before and keep it back', () => {
    const { world, node, conns, announce, answer } = setUp(21);
    for (const conn of conns) announce(conn, some(1));
    world.run(21_000);
    answer(conns.at(-1) as number, raws(some(1)));
    expect(node.pool.submitted).toHaveLength(1);
  });

  it('takes what comes late: its only announcer does not tell of it twice', () => {
    const { world, node, conn, announce, answer } = setUp(1);
    announce(conn, some(2));
    world.run(10_000);
    answer(conn, raws(some(2)));
    expect(node.pool.submitted.flatMap(({ transactions: taken }) => taken)).toHaveLength(2);
    expect(node.faultCodes()).toEqual(['request-timeout']);
  });

  it('has one question open with each peer, of 256 hashes at most', () => {
    const { world, conn, announce, requests, answer } = setUp(1);
    const txs = some(700);
    announce(conn, txs);
    world.run(600);
    expect(requests().map(({ hashes }) => hashes.length)).toEqual([256]);
    answer(conn, raws(txs.slice(0, 256)));
    world.run(20);
    answer(conn, raws(txs.slice(256, 512)));
    world.run(20);
    expect(requests().map(({ hashes }) => hashes.length)).toEqual([256, 256, 188]);
  });

  it('asks for 128 KiB at most, by the announced sizes', () => {
    const { world, conn, announce, requests } = setUp(1);
    announce(
      conn,
      Array.from({ length: 20 }, (_, i) => transfer(i, { size: 30_000 })),
    );
    world.run(600);
    expect(requests()[0]?.hashes).toHaveLength(5);
  });

  it('remembers 4096 announcements of a peer', () => {
    const { world, conn, announce, requests, answer } = setUp(1);
    const txs = some(4200);
    announce(conn, txs);
    const byHash = new Map(txs.map((tx) => [tx.hash, tx.raw]));
    for (let i = 0; i < 30; i++) {
      world.run(600);
      const last = requests().at(-1);
      if (last !== undefined && requests().length > i) {
        answer(
          conn,
          last.hashes.map((hash) => byHash.get(hash) ?? new Uint8Array()),
        );
      }
    }
    expect(requests().reduce((sum, { hashes }) => sum + hashes.length, 0)).toBe(4096);
  });

  it('does not mix up what different peers announce when one floods', () => {
    const { world, node, conn, other, announce, answer } = setUp(2);
    announce(conn, some(5000, 1000));
    announce(other, some(2));
    world.run(600);
    answer(other, raws(some(2)));
    world.run(1);
    expect(node.pool.all.size).toBe(2);
  });

  const wrong: { name: string; reply: Uint8Array[]; fault: string }[] = [
    { name: 'a transaction that was not asked for', reply: raws(some(1, 50)), fault: 'reply-mismatch' },
    { name: 'one twice', reply: raws([...some(1), ...some(1)]), fault: 'reply-mismatch' },
    { name: 'more than asked', reply: raws(some(5)), fault: 'reply-too-long' },
    { name: 'a transaction that does not decode', reply: [Uint8Array.of(0xc1, 0x80)], fault: 'reply-mismatch' },
  ];
  for (const { name, reply, fault } of wrong) {
    it(`finds fault with ${name}, and asks the other announcer`, () => {
      const { world, node, conn, other, announce, requests, answer } = setUp(2);
      announce(conn, some(2));
      world.run(10);
      announce(other, some(2));
      world.run(600);
      answer(conn, reply);
      world.run(50);
      expect(node.faults.map(({ conn: at, fault: f }) => [at, f.code])).toEqual([[conn, fault]]);
      expect(requests(other)[0]?.hashes).toEqual(some(2).map(({ hash }) => hash));
    });
  }

  it('reports a type or size that differs from the announcement', () => {
    const { world, node, conn, answer } = setUp(1);
    const [tx] = some(1) as [Transaction];
    const codec = newPooledTransactionHashes(68);
    world.deliver(node, conn, codec.code, codec.encode([{ hash: tx.hash, type: 2, size: 5 }]));
    world.run(600);
    answer(conn, [tx.raw]);
    expect(node.faultCodes()).toEqual(['announcement-mismatch']);
  });

  it('reports a peer that announces 16 and delivers less than half', () => {
    const { world, node, conn, announce, answer } = setUp(1);
    announce(conn, some(16));
    world.run(600);
    answer(conn, raws(some(7)));
    expect(node.faults.map(({ fault }) => fault)).toEqual([
      { code: 'withheld-transactions', announced: 16, delivered: 7 },
    ]);
  });

  it('does not ask again for what the pool has refused', () => {
    const { world, node, conn, announce, requests } = setUp(1);
    const txs = some(2);
    node.service.onTransactionResults(world.nowMs, conn, txs, [
      { kind: 'invalid', code: 'tx-signature' },
      { kind: 'refused', code: 'underpriced' },
    ]);
    expect(node.faultCodes()).toEqual(['invalid-transaction', 'refused-transaction']);
    announce(conn, txs);
    world.run(31_000);
    expect(requests()).toEqual([]);
    announce(conn, txs);
    world.run(1000);
    expect(requests()[0]?.hashes).toEqual([txs[1]?.hash]);
  });
});

describe('sending transactions', () => {
  const pushesOf = (node: WorldNode, conn: number): number =>
    node.sent
      .filter((message) => message.conn === conn && message.code === EthCode.transactions)
      .reduce((sum, { payload }) => sum + transactions.decode(payload).length, 0);
  const hashesOf = (node: WorldNode, conn: number, version: EthVersion = 68): number =>
    node.sent
      .filter((message) => message.conn === conn && message.code === EthCode.newPooledTransactionHashes)
      .reduce((sum, { payload }) => sum + newPooledTransactionHashes(version).decode(payload).length, 0);

  it('whole to ceil(sqrt(n)) peers, by hash to the others, within 50 ms', () => {
    const { world, node, conns } = setUp(10);
    node.addLocal(some(1));
    world.run(49);
    expect(node.sent).toEqual([]);
    world.run(1);
    expect(conns.filter((conn) => pushesOf(node, conn) === 1)).toHaveLength(4);
    expect(conns.filter((conn) => hashesOf(node, conn) === 1)).toHaveLength(6);
  });

  it('gathers what comes within 50 ms into few messages', () => {
    const { world, node, conn } = setUp(1);
    for (let i = 0; i < 500; i++) node.addLocal(some(1, i));
    world.run(50);
    expect(node.sent).toHaveLength(1);
    expect(pushesOf(node, conn)).toBe(500);
  });

  it('cuts messages near 100 KiB', () => {
    const { world, node, conn } = setUp(1);
    node.addLocal(Array.from({ length: 100 }, (_, i) => transfer(i, { size: 4000 })));
    world.run(50);
    expect(pushesOf(node, conn)).toBe(100);
    for (const { payload } of node.sent) expect(payload.length).toBeLessThan(101 * 1024);
  });

  it('announces large ones only', () => {
    const { world, node, conn } = setUp(1);
    node.addLocal([transfer(1, { size: 5000 })]);
    world.run(50);
    expect([pushesOf(node, conn), hashesOf(node, conn)]).toEqual([0, 1]);
  });

  it('never back to a peer that sent or announced it, and never twice', () => {
    const { world, node, conns, announce } = setUp(3);
    const [sender, announcer, third] = conns as [number, number, number];
    const txs = some(2);
    announce(announcer, txs);
    world.deliver(node, sender, EthCode.transactions, transactions.encode(raws(txs)));
    world.run(1000);
    node.service.onTransactionsAdded(world.nowMs, txs);
    world.run(1000);
    const seen = conns.map((conn) => pushesOf(node, conn) + hashesOf(node, conn));
    expect(seen).toEqual([0, 0, 2]);
    expect(third).toBe(conns[2]);
  });

  it('not to connections that carry blocks only, nor to a peer that does not read', () => {
    const quiet = setUp(2, { blocksOnly: true });
    quiet.node.addLocal(some(1));
    quiet.announce(quiet.conn, some(1, 5));
    quiet.world.run(5000);
    expect(quiet.node.sent).toEqual([]);
    const stuck = setUp(1);
    stuck.node.stuck.add(stuck.conn);
    stuck.node.addLocal(some(1));
    stuck.world.run(5000);
    expect(stuck.node.sent).toEqual([]);
  });

  describe('to a peer that did not read for a while', () => {
    const readAgain = ({ world, node }: ReturnType<typeof setUp>, conn: number): void => {
      node.stuck.delete(conn);
      node.service.onPeerWritable(world.nowMs, conn);
      world.run(1);
    };

    it('by hash, what it missed and does not know', () => {
      const both = setUp(2);
      const { world, node, conn, other, announce } = both;
      node.addLocal(some(2));
      world.run(50);
      const before = [pushesOf(node, conn), pushesOf(node, other)];
      node.stuck.add(conn);
      node.addLocal(some(2, 10));
      world.run(50);
      announce(conn, some(1, 10));
      readAgain(both, conn);
      readAgain(both, other);
      expect([hashesOf(node, conn), pushesOf(node, conn)]).toEqual([1, before[0]]);
      expect([hashesOf(node, other), pushesOf(node, other)]).toEqual([0, 4]);
      readAgain(both, conn);
      world.run(5_000);
      expect(hashesOf(node, conn)).toBe(1);
    });

    it('nothing if it missed nothing', () => {
      const one = setUp(1);
      for (const tx of some(2)) one.node.pool.all.set(tx.hash, tx);
      one.node.stuck.add(one.conn);
      readAgain(one, one.conn);
      one.world.run(5_000);
      expect(one.node.sent).toEqual([]);
    });

    it('once a second, all in one go', () => {
      const many = setUp(20);
      const { world, node, conns } = many;
      const listed = node.pool.listed;
      for (let round = 0; round < 10; round++) {
        for (const conn of conns) node.stuck.add(conn);
        node.addLocal(some(1, round));
        world.run(60);
        for (const conn of conns) readAgain(many, conn);
      }
      expect(node.pool.listed - listed).toBe(1);
      world.run(2_000);
      expect(node.pool.listed - listed).toBe(2);
      expect(conns.map((conn) => hashesOf(node, conn))).toEqual(conns.map(() => 10));
    });
  });

  it('announces the pool to a new peer, in the form of its version', () => {
    for (const version of [66, 68] as const) {
      const world = new EthWorld();
      const node = world.node('node');
      for (const tx of some(2500)) node.pool.all.set(tx.hash, tx);
      const conn = world.dangling(node, { version });
      world.deliver(node, conn, EthCode.status, status.encode(localStatus(node.chain, version)));
      expect(hashesOf(node, conn, version)).toBe(2500);
    }
  });

  it('sends one account to the same peers each time', () => {
    const { world, node, conns } = setUp(16);
    const sender = '0x1111111111111111111111111111111111111111' as NonNullable<Transaction['sender']>;
    const txs = some(20).map((tx) => ({ ...tx, sender }));
    for (const tx of txs) {
      node.addLocal([tx]);
      world.run(60);
    }
    expect(conns.map((conn) => pushesOf(node, conn)).filter((count) => count > 0)).toEqual([20, 20, 20, 20]);
  });
});

describe('transactions across a network', () => {
  it('reach every node once, at thousands a second', () => {
    const world = new EthWorld(20);
    const nodes = Array.from({ length: 8 }, (_, i) => world.node(`n${i}`));
    for (let i = 0; i < 8; i++) {
      for (const step of [1, 3]) world.connect(nodes[i] as WorldNode, nodes[(i + step) % 8] as WorldNode);
    }
    world.run(200);
    const txs = some(3000);
    for (let i = 0; i < 30; i++) {
      nodes[0]?.addLocal(txs.slice(i * 100, i * 100 + 100));
      world.run(33);
    }
    world.run(3000, () => nodes.every(({ pool }) => pool.all.size === 3000));
    expect(nodes.map(({ pool }) => pool.all.size)).toEqual(nodes.map(() => 3000));
    expect(nodes.flatMap((node) => node.faultCodes())).toEqual([]);
  });

  it('reach a node within 2.5 s if half of its peers announce and never deliver', () => {
    const world = new EthWorld(20);
    const victim = world.node('victim');
    const source = world.node('source');
    for (let i = 0; i < 10; i++) {
      const relay = world.node(`relay${i}`);
      // All relays announce to the victim; every other one withholds what is asked.
      relay.tamper = (message) => {
        const isToVictim = relay.links.get(message.conn)?.to === victim;
        if (isToVictim && message.code === EthCode.transactions) {
          const codec = newPooledTransactionHashes(68);
          const pushed = transactions.decode(message.payload).map((raw) => decodeTransaction(raw));
          const list = pushed.map(({ hash, type, raw }) => ({ hash, type, size: raw.length }));
          return { code: codec.code, payload: codec.encode(list) };
        }
        return isToVictim && i % 2 === 0 && message.code === EthCode.pooledTransactions ? undefined : message;
      };
      world.connect(source, relay);
      world.connect(relay, victim);
    }
    world.run(200);
    source.addLocal(some(100));
    const ms = world.run(10_000, () => victim.pool.all.size === 100);
    expect(victim.pool.all.size).toBe(100);
    expect(ms).toBeLessThanOrEqual(2500);
  });
});
