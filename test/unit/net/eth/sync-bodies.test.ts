import { beforeAll, describe, expect, it } from 'vitest';
import { encodeRlp, encodeRlpList } from '../../../../src/codec/rlp-writer.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { encodeBody } from '../../../../src/types/block.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { chainOf, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld } from '../../../support/eth-world.js';

beforeAll(initKeccak);

describe('a body of no asked block', () => {
  const blocks = chainOf(GENESIS, 400, (i) => ({ transactions: [transfer(2 * i), transfer(2 * i + 1)] }));

  /** A node that syncs from a peer which answers its first question for bodies with `item` alone. */
  function syncWith(item: Uint8Array) {
    const world = new EthWorld();
    const liar = world.node('liar', { chain: new FakeChain().importAll(blocks) });
    const fresh = world.node('fresh', { dropOn: ['reply-mismatch', 'malformed-message'] });
    liar.tamper = (message) => {
      if (message.code !== EthCode.blockBodies) return message;
      const { requestId } = blockBodies.decode(message.payload);
      return { ...message, payload: blockBodies.encode({ requestId, items: [item] }) };
    };
    world.connect(fresh, liar);
    world.run(10_000, () => fresh.faults.length > 0);
    const asked = fresh.sent
      .filter(({ code }) => code === EthCode.getBlockBodies)
      .map(({ payload }) => getBlockBodies.decode(payload).hashes.length);
    return { fresh, asked };
  }

  it('is hashed once, however many headers it may have belonged to', () => {
    const { fresh, asked } = syncWith(encodeBody({ transactions: [transfer(99_999)], uncles: [] }));
    expect(asked[0]).toBeGreaterThan(20);
    expect(fresh.faultCodes()).toEqual(['reply-mismatch']);
    expect(fresh.chain.rootsDerived).toBe(1);
  });

  it('is neither hashed nor decoded if it lists more than the gas of any of them pays for', () => {
    const noTransactions = encodeRlp([[], [], []]);
    const { fresh } = syncWith(encodeRlpList([noTransactions, encodeRlp([])]));
    expect(fresh.faultCodes()).toEqual(['reply-mismatch']);
    expect(fresh.chain.rootsDerived).toBe(0);
  });
});

describe('bodies that nobody has', () => {
  it('end the sync at once, with what there is', () => {
    const world = new EthWorld();
    const blocks = chainOf(GENESIS, 120, (i) => ({ transactions: [transfer(i)] }));
    const fresh = world.node('fresh');
    // It has headers alone, as clients do that prune history.
    const pruned = world.node('pruned', { chain: new FakeChain().importAll(blocks) });
    pruned.tamper = (message) => {
      if (message.code !== EthCode.blockBodies) return message;
      const { requestId } = blockBodies.decode(message.payload);
      return { ...message, payload: blockBodies.encode({ requestId, items: [] }) };
    };
    world.connect(fresh, pruned);
    world.connect(fresh, world.node('behind', { chain: new FakeChain().importAll(blocks.slice(0, 100)) }));
    world.run(2000);
    expect(fresh.chain.head().number).toBe(100);
    expect(fresh.events.filter(({ kind }) => kind === 'sync-failed')).toMatchObject([
      { reason: 'nobody serves the missing bodies' },
    ]);
    expect(fresh.service.syncStatus().syncing).toBe(false);
  });
});
