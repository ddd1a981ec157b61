import { describe, expect, it } from 'vitest';
import { ZERO_HASH } from '../../../../src/base/hex.js';
import { newBlockHashes } from '../../../../src/wire/eth/new-block-hashes.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { type Status, status } from '../../../../src/wire/eth/status.js';
import { FakeChain } from '../../../support/eth-chain.js';
import { EthWorld } from '../../../support/eth-world.js';

const right: Status = {
  version: 68,
  networkId: 7n,
  totalDifficulty: 100n,
  headHash: new FakeChain().genesisHash,
  genesisHash: new FakeChain().genesisHash,
  forkId: { hash: Uint8Array.of(1, 2, 3, 4), next: 0n },
};

describe('eth handshake', () => {
  it('sends Status at once, before the peer has sent anything', () => {
    const world = new EthWorld();
    const node = world.node('node');
    world.dangling(node);
    const [message] = node.sent;
    expect(node.sentCodes()).toEqual([EthCode.status]);
    expect(status.decode(message?.payload ?? new Uint8Array())).toEqual(right);
  });

  it('takes a right Status', () => {
    const world = new EthWorld();
    const node = world.node('node');
    const conn = world.dangling(node);
    expect(node.service.peerEthInfo(conn)).toBeUndefined();
    world.deliver(node, conn, EthCode.status, status.encode({ ...right, totalDifficulty: 99n }));
    expect(node.events).toEqual([{ kind: 'peer-ready', conn }]);
    expect(node.service.peerEthInfo(conn)).toEqual({ version: 68, totalDifficulty: 99n, headHash: right.headHash });
    expect(node.faults).toEqual([]);
    world.run(60_000);
    expect(node.faults).toEqual([]);
  });

  const wrong: { name: string; change: Partial<Status>; fault: string }[] = [
    { name: 'another network', change: { networkId: 8n }, fault: 'wrong-network' },
    { name: 'another version than negotiated', change: { version: 67 }, fault: 'wrong-protocol-version' },
    { name: 'another genesis block', change: { genesisHash: ZERO_HASH }, fault: 'wrong-genesis' },
    {
      name: 'another fork',
      change: { forkId: { hash: Uint8Array.of(9, 9, 9, 9), next: 0n } },
      fault: 'wrong-fork-id',
    },
  ];
  for (const { name, change, fault } of wrong) {
    it(`refuses ${name}`, () => {
      const world = new EthWorld();
      const node = world.node('node');
      const conn = world.dangling(node);
      world.deliver(node, conn, EthCode.status, status.encode({ ...right, ...change }));
      expect(node.faultCodes()).toEqual([fault]);
      expect(node.service.peerEthInfo(conn)).toBeUndefined();
      expect(node.events).toEqual([]);
    });
  }

  it('waits 5 s for a Status, no longer', () => {
    const world = new EthWorld();
    const node = world.node('node');
    world.dangling(node);
    world.run(4999);
    expect(node.faults).toEqual([]);
    world.run(1);
    expect(node.faults.map(({ fault }) => fault)).toEqual([{ code: 'handshake-timeout', stage: 'status' }]);
    expect(node.service.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes no other message before Status, and no second Status', () => {
    const world = new EthWorld();
    const node = world.node('node');
    const conn = world.dangling(node);
    world.deliver(node, conn, EthCode.newBlockHashes, newBlockHashes.encode([]));
    world.deliver(node, conn, EthCode.status, status.encode(right));
    world.deliver(node, conn, EthCode.status, status.encode(right));
    expect(node.faultCodes()).toEqual(['unexpected-message', 'unexpected-message']);
  });

  it('knows a code by the version of the connection', () => {
    const world = new EthWorld();
    const node = world.node('node');
    const conn = world.dangling(node, { version: 67 });
    world.deliver(node, conn, EthCode.status, status.encode({ ...right, version: 67 }));
    world.deliver(node, conn, EthCode.getNodeData, Uint8Array.of(0xc2, 0x01, 0xc0));
    expect(node.faultCodes()).toEqual(['unknown-message']);
  });

  it('decodes no message that is longer than its kind may be', () => {
    const world = new EthWorld();
    const node = world.node('node');
    const conn = world.dangling(node);
    world.deliver(node, conn, EthCode.status, new Uint8Array(status.maxBytes + 1));
    expect(node.faultCodes()).toEqual(['oversized-message']);
  });
});
