import { describe, expect, it } from 'vitest';
import type { Hash32, NodeId } from '../../../../src/base/brand.js';
import { Conduct } from '../../../../src/net/defense/conduct.js';
import type { Fault } from '../../../../src/net/defense/fault.js';

const T0 = 1_700_000_000_000;
const A = `0x${'0a'.repeat(32)}` as NodeId;
const hash = `0x${'ab'.repeat(32)}` as Hash32;
const seal: Fault = { code: 'invalid-seal', hash, rule: 'bad-seal' };
const breach: Fault = { code: 'unknown-message', messageCode: 99 };
const badTx: Fault = { code: 'invalid-transaction', hash, rule: 'bad-signature' };
const slow: Fault = { code: 'request-timeout', request: 'headers' };

describe('Conduct', () => {
  it('bans at once for work that was never done', () => {
    const conduct = new Conduct();
    const { disconnect, ban } = conduct.charge(T0, A, seal, false);
    expect(disconnect).toBe('protocol-breach');
    expect(ban).toMatchObject({ target: A, strikes: 1, manual: false });
    expect(conduct.barred(T0, A)).toMatchObject({ kind: 'ban' });
  });

  it('never bans a trusted peer, though it disconnects one', () => {
    const conduct = new Conduct();
    expect(conduct.charge(T0, A, seal, true)).toMatchObject({ disconnect: 'protocol-breach', ban: undefined });
    expect(conduct.bans.inForce(T0)).toEqual([]);
  });

  it('small faults add up: discouraged, disconnected, banned', () => {
    const conduct = new Conduct();
    const steps = Array.from({ length: 10 }, () => conduct.charge(T0, A, badTx, false));
    expect(steps[0]).toMatchObject({ score: -10, disconnect: undefined });
    expect(steps[4]).toMatchObject({ score: -50, disconnect: 'protocol-breach' });
    expect(steps[9]?.ban).toBeDefined();
  });

  it('keeps a low score out until it has decayed', () => {
    const conduct = new Conduct();
    conduct.charge(T0, A, breach, false);
    expect(conduct.isDiscouraged(T0, A)).toBe(true);
    expect(conduct.barred(T0, A)).toBeUndefined();
    conduct.charge(T0, A, breach, false);
    expect(conduct.barred(T0, A)).toMatchObject({ kind: 'score' });
    expect(conduct.barred(T0 + 24 * 3_600_000, A)).toBeUndefined();
  });

  it('any number of free faults leaves the score at zero', () => {
    const conduct = new Conduct();
    for (let i = 0; i < 1_000; i++) {
      expect(conduct.charge(T0 + i, A, slow, false)).toMatchObject({ score: 0, disconnect: undefined, backOffMs: 0 });
    }
    expect(conduct.scores(T0 + 1_000)).toEqual([]);
  });

  it('pardons ban and score together', () => {
    const conduct = new Conduct();
    conduct.charge(T0, A, seal, false);
    expect(conduct.pardon(T0, A)).toBe(true);
    expect(conduct.barred(T0, A)).toBeUndefined();
    expect(conduct.pardon(T0, A)).toBe(false);
  });
});
