import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../src/base/brand.js';
import { type AdmissionCase, admission } from '../../../../src/net/peers/admission.js';
import { replaces } from '../../../../src/net/peers/duplicates.js';
import { FailureLog } from '../../../../src/net/peers/failures.js';
import { netRestrict } from '../../../../src/net/peers/net-restrict.js';
import { slotQuota, slotRefusal, slotUse } from '../../../../src/net/peers/slots.js';

const T0 = 1_700_000_000_000;
const LOW = `0x${'01'.repeat(32)}` as NodeId;
const HIGH = `0x${'fe'.repeat(32)}` as NodeId;

describe('slots', () => {
  it.each([
    [0, 0, 0],
    [1, 1, 0],
    [2, 1, 1],
    [3, 1, 2],
    [50, 16, 34],
  ])('%d peers: %d dialed, %d accepted', (maxPeers, dialed, inbound) => {
    expect(slotQuota(maxPeers)).toEqual({ total: maxPeers, dialed, inbound });
  });

  it.each([
    {
      name: 'a free dialed slot',
      use: { dialed: 15, inbound: 34 },
      claim: { direction: 'out', exempt: false },
      refusal: undefined,
    },
    {
      name: 'no dialed slot',
      use: { dialed: 16, inbound: 0 },
      claim: { direction: 'out', exempt: false },
      refusal: 'dialed-full',
    },
    {
      name: 'a free inbound slot',
      use: { dialed: 16, inbound: 33 },
      claim: { direction: 'in', exempt: false },
      refusal: undefined,
    },
    {
      name: 'no inbound slot',
      use: { dialed: 0, inbound: 34 },
      claim: { direction: 'in', exempt: false },
      refusal: 'inbound-full',
    },
    {
      name: 'a second one beyond the dialed slots',
      use: { dialed: 17, inbound: 32 },
      claim: { direction: 'out', exempt: false, extra: true },
      refusal: undefined,
    },
    {
      name: 'a third one beyond the dialed slots',
      use: { dialed: 18, inbound: 10 },
      claim: { direction: 'out', exempt: false, extra: true },
      refusal: 'dialed-full',
    },
    {
      name: 'one beyond the dialed slots while all others are taken',
      use: { dialed: 16, inbound: 34 },
      claim: { direction: 'out', exempt: false, extra: true },
      refusal: 'dialed-full',
    },
    {
      name: 'an inbound slot that one beyond the dialed slots took',
      use: { dialed: 17, inbound: 33 },
      claim: { direction: 'in', exempt: false },
      refusal: 'inbound-full',
    },
    {
      name: 'none needed',
      use: { dialed: 16, inbound: 34 },
      claim: { direction: 'in', exempt: true },
      refusal: undefined,
    },
  ] as const)('$name', ({ use, claim, refusal }) => expect(slotRefusal(slotQuota(50), use, claim)).toBe(refusal));

  it('counts no exempt connection', () => {
    const claims = [
      { direction: 'in', exempt: true },
      { direction: 'in', exempt: false },
      { direction: 'out', exempt: false },
    ] as const;
    expect(slotUse(claims)).toEqual({ dialed: 1, inbound: 1 });
  });
});

describe('two connections to one node', () => {
  const twin = (direction: 'in' | 'out', identifiedAtMs = T0) => ({ direction, identifiedAtMs });

  it('both ends keep the same one, whichever they see first', () => {
    for (const order of ['low first', 'high first']) {
      const [older, newer] = order === 'low first' ? (['out', 'in'] as const) : (['in', 'out'] as const);
      const other = { in: 'out', out: 'in' } as const;
      const lowKeepsNewer = replaces(LOW, HIGH, twin(older), twin(newer));
      const highKeepsNewer = replaces(HIGH, LOW, twin(other[older]), twin(other[newer]));
      expect(lowKeepsNewer).toBe(highKeepsNewer);
      expect(lowKeepsNewer).toBe(newer === 'out'); // what the lower id dialed
    }
  });

  it('nobody pushes out an old connection or one of the same direction', () => {
    expect(replaces(HIGH, LOW, twin('out'), twin('in', T0 + 10_001))).toBe(false);
    expect(replaces(HIGH, LOW, twin('out'), twin('in', T0 + 9_999))).toBe(true);
    expect(replaces(HIGH, LOW, twin('in'), twin('in'))).toBe(false);
    expect(replaces(LOW, HIGH, twin('out'), twin('out'))).toBe(false);
  });
});

describe('admission', () => {
  const base: AdmissionCase = {
    localId: LOW,
    remoteId: HIGH,
    newcomer: { direction: 'in', exempt: false, identifiedAtMs: T0 },
    twin: undefined,
    held: undefined,
    trusted: false,
    barred: undefined,
    quota: slotQuota(50),
    use: { dialed: 0, inbound: 0 },
  };
  const barred = { kind: 'score', score: -60 } as const;
  const full = { dialed: 16, inbound: 34 };

  it.each([
    { name: 'an ordinary newcomer', change: {}, reason: undefined },
    { name: 'the node itself', change: { remoteId: LOW }, reason: 'self-connection' },
    { name: 'a barred node', change: { barred }, reason: 'requested' },
    { name: 'a barred but trusted node', change: { barred, trusted: true }, reason: undefined },
    { name: 'one too many', change: { use: full }, reason: 'too-many-peers' },
    {
      name: 'one too many that is exempt',
      change: { use: full, newcomer: { ...base.newcomer, exempt: true } },
      reason: undefined,
    },
    {
      name: 'a second connection',
      change: { twin: { direction: 'in', identifiedAtMs: T0 } },
      reason: 'already-connected',
    },
    {
      name: 'a crossed dial that loses',
      change: { twin: { direction: 'out', identifiedAtMs: T0 } },
      reason: 'already-connected',
    },
    {
      name: 'a crossed dial that wins',
      change: { localId: HIGH, remoteId: LOW, twin: { direction: 'out', identifiedAtMs: T0 } },
      reason: undefined,
    },
  ] as const)('$name', ({ change, reason }) => {
    const decision = admission({ ...base, ...change });
    expect(decision.kind === 'refuse' ? decision.reason : undefined).toBe(reason);
  });

  const ours = { ...base.newcomer, direction: 'out' } as const;
  const theirs = { ...base.newcomer, direction: 'in' } as const;
  it.each([
    { name: 'one that came takes an inbound slot', newcomer: theirs, held: undefined, use: {}, slot: 'in' },
    { name: 'so it does in place of our dial', newcomer: theirs, held: 'out', use: {}, slot: 'in' },
    { name: 'but the slot of our dial without one', newcomer: theirs, held: 'out', use: { inbound: 34 }, slot: 'out' },
    { name: 'unless that is taken, too', newcomer: theirs, held: 'out', use: full, slot: undefined },
    { name: 'our dial takes a dialed slot', newcomer: ours, held: undefined, use: {}, slot: 'out' },
    { name: 'so it does in place of one that came', newcomer: ours, held: 'in', use: {}, slot: 'out' },
    { name: 'but its slot without one', newcomer: ours, held: 'in', use: { dialed: 16 }, slot: 'in' },
  ] as const)('$name', ({ newcomer, held, use, slot }) => {
    const decision = admission({ ...base, newcomer, held, use: { ...base.use, ...use } });
    expect(decision.kind === 'admit' ? decision.slot : undefined).toBe(slot);
  });
});

describe('netRestrict', () => {
  it('lets everything pass without a list, only the listed with one, nothing with a broken one', () => {
    expect(netRestrict(undefined).filter('8.8.8.8')).toBe(true);
    const { filter } = netRestrict(['10.0.0.0/8', ' 127.0.0.0/8']);
    expect(['10.1.1.1', '127.0.0.1', '8.8.8.8', 'x'].map(filter)).toEqual([true, true, false, false]);
    const broken = netRestrict(['10.0.0.0/8', '10.0.0.0/99']);
    expect([broken.bad, broken.filter('10.0.0.1')]).toEqual(['10.0.0.0/99', false]);
  });
});

describe('FailureLog', () => {
  const failure = (n: number, code = 'x') => ({
    id: `0x${n.toString(16).padStart(64, '0')}` as NodeId,
    address: { ip: '127.0.0.1', port: n },
    direction: 'out' as const,
    ...{ code, detail: 'y', atMs: T0 + n },
  });

  it('is news once, counts on, and is news again for another reason', () => {
    const log = new FailureLog();
    expect([log.note(failure(1)), log.note(failure(1)), log.note(failure(1, 'z'))]).toEqual([true, false, true]);
    log.note(failure(1, 'z'));
    expect(log.list()).toMatchObject([{ code: 'z', count: 2 }]);
    log.clear(failure(1).id);
    expect(log.list()).toEqual([]);
  });

  it('keeps the newest of a bounded number, newest first', () => {
    const log = new FailureLog(10);
    for (let i = 0; i < 1_000; i++) log.note(failure(i));
    expect(log.list().map(({ address }) => address.port)).toEqual([999, 998, 997, 996, 995, 994, 993, 992, 991, 990]);
  });

  it('strangers share one line per address', () => {
    const log = new FailureLog();
    for (let port = 0; port < 50; port++)
      log.note({ ...failure(1), id: undefined, address: { ip: '203.0.113.1', port } });
    expect(log.list()).toMatchObject([{ count: 50 }]);
  });
});
