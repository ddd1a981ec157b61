import { describe, expect, it } from 'vitest';
import { GossipBudget } from '../../../../src/net/eth/gossip-budget.js';
import { invalidBlockFault } from '../../../../src/net/eth/invalid-block.js';
import type { PeerControl } from '../../../../src/net/eth/peer-control.js';
import { ReadGate } from '../../../../src/net/eth/read-gate.js';
import {
  batchWeight,
  bodyWeight,
  isUsable,
  newBodySource,
  noteDelivery,
  noteFailure,
} from '../../../../src/net/eth/sync/body-source.js';
import { CoolDowns } from '../../../../src/net/eth/sync/cool-down.js';
import { WorkProof } from '../../../../src/net/eth/sync/work-proof.js';
import { sealedHeaderOf } from '../../../../src/types/block.js';
import { childBlock, GENESIS } from '../../../support/eth-chain.js';

const MIB = 1024 * 1024;

describe('gossip budget', () => {
  it('lets 16 MiB pass, then reads on at 2 MiB a second', () => {
    const log: boolean[] = [];
    const budget = new GossipBudget((_conn, paused) => log.push(paused));
    for (let i = 0; i < 15; i++) budget.spend(0, 1, MIB);
    expect(log).toEqual([]);
    expect(budget.nextWake()).toBe(Number.POSITIVE_INFINITY);
    budget.spend(0, 1, 5 * MIB);
    expect(log).toEqual([true]);
    expect(budget.nextWake()).toBe(2001);
    budget.tick(2000);
    expect(log).toEqual([true]);
    budget.tick(2001);
    expect(log).toEqual([true, false]);
    expect(budget.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it('is kept for each peer, and forgotten with it', () => {
    const log: [number, boolean][] = [];
    const budget = new GossipBudget((conn, paused) => log.push([conn, paused]));
    budget.spend(0, 1, 20 * MIB);
    budget.spend(0, 2, MIB);
    expect(log).toEqual([[1, true]]);
    budget.dropPeer(1);
    expect(budget.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('read gate', () => {
  it('pauses while any reason holds, and says each change once', () => {
    const log: [number, boolean][] = [];
    const peers: Pick<PeerControl, 'setReadPaused'> = { setReadPaused: (conn, paused) => log.push([conn, paused]) };
    const gate = new ReadGate({
      ...peers,
      send: () => undefined,
      fault: () => undefined,
      merit: () => undefined,
      disconnect: () => undefined,
      isWritable: () => true,
      rttMs: () => undefined,
    });
    gate.set(1, 'replies', false);
    gate.set(1, 'replies', true);
    gate.set(1, 'gossip', true);
    gate.set(1, 'replies', false);
    gate.set(2, 'gossip', true);
    gate.set(1, 'gossip', false);
    gate.set(1, 'gossip', false);
    expect(log).toEqual([
      [1, true],
      [2, true],
      [1, false],
    ]);
  });
});

describe('cool-downs', () => {
  it('double from failure to failure, up to ten minutes, and end with a success', () => {
    const coolDowns = new CoolDowns();
    const pauses = Array.from({ length: 9 }, () => {
      coolDowns.noteFailure(0, 1, 'slow');
      return coolDowns.untilMs(1);
    });
    expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
    coolDowns.noteSuccess(1);
    expect([coolDowns.untilMs(1), coolDowns.strikes(1)]).toEqual([0, 0]);
  });

  it('are short and count for nothing where nobody is to blame, long for liars', () => {
    const coolDowns = new CoolDowns();
    coolDowns.noteFailure(0, 1, 'nobody');
    expect([coolDowns.untilMs(1), coolDowns.strikes(1)]).toEqual([500, 0]);
    coolDowns.noteFailure(0, 2, 'liar');
    expect([coolDowns.untilMs(2), coolDowns.strikes(2)]).toEqual([120_000, 1]);
  });
});

describe('body sources', () => {
  it('are asked for more the faster they deliver, within bounds', () => {
    const source = newBodySource();
    expect(batchWeight(source)).toBe(100);
    for (let i = 0; i < 20; i++) noteDelivery(source, 2000, 10);
    expect(batchWeight(source)).toBeGreaterThan(1990);
    expect(batchWeight(source)).toBeLessThanOrEqual(2000);
    for (let i = 0; i < 20; i++) noteDelivery(source, 1, 1000);
    expect(batchWeight(source)).toBe(16);
  });

  it('are left out after three failures in a row', () => {
    const source = newBodySource();
    noteFailure(source);
    noteFailure(source);
    noteDelivery(source, 1, 1);
    noteFailure(source);
    noteFailure(source);
    expect(isUsable(source)).toBe(true);
    noteFailure(source);
    expect(isUsable(source)).toBe(false);
  });

  it('a body weighs one more than the transfers that its gas allows', () => {
    expect([bodyWeight(0n), bodyWeight(21_000n), bodyWeight(29_400_000n)]).toEqual([1, 2, 1401]);
  });
});

describe('proof of a fork', () => {
  const at = (number: number, salt = 0) => {
    const { raw: _raw, ...block } = childBlock(undefined, { salt });
    const { header } = block;
    return { ...sealedHeaderOf(GENESIS), hash: block.hash, header: { ...header, number } };
  };

  it('releases blocks checkpoint by checkpoint, and all of them behind the proven tip', () => {
    const proof = new WorkProof();
    for (const number of [1023, 1024, 2047, 2048]) expect(proof.add(at(number))).toBe(true);
    proof.seal(at(2500));
    expect(proof.releasedUpTo()).toBe(-1);
    expect(proof.confirm(at(1000, 9))).toBe(true);
    expect(proof.confirm(at(1024))).toBe(true);
    expect(proof.releasedUpTo()).toBe(1024);
    expect(proof.confirm(at(2048))).toBe(true);
    expect(proof.releasedUpTo()).toBe(2048);
    expect(proof.confirm(at(2500))).toBe(true);
    expect(proof.releasedUpTo()).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses another header at a checkpoint', () => {
    const proof = new WorkProof();
    proof.add(at(1024));
    expect(proof.confirm(at(1024, 1))).toBe(false);
  });

  it('follows a fork of a million blocks, not more', () => {
    const proof = new WorkProof();
    for (let i = 1; i <= 1024; i++) expect(proof.add(at(i * 1024))).toBe(true);
    expect(proof.add(at(1025 * 1024))).toBe(false);
  });
});

describe('an invalid block', () => {
  const { hash } = GENESIS;
  const cases = [
    { how: 'new-block', rule: 'state-root', code: 'relayed-invalid-block' },
    { how: 'announced', rule: 'state-root', code: 'announced-invalid-block' },
    { how: 'sync', rule: 'gas-used', code: 'announced-invalid-block' },
    { how: 'sync', rule: 'tx-contract-creation', code: 'incompatible-block' },
    { how: 'announced', rule: 'parent-invalid', code: 'incompatible-block' },
  ] as const;
  for (const { how, rule, code } of cases) {
    it(`${how}, ${rule}: ${code}`, () => expect(invalidBlockFault(how, hash, rule)).toEqual({ code, hash, rule }));
  }
});
