import { describe, expect, it } from 'vitest';
import type { Hash32, NodeId } from '../../../../src/base/brand.js';
import { describeFault, type Fault, type FaultCode } from '../../../../src/net/defense/fault.js';
import { PENALTIES } from '../../../../src/net/defense/penalty.js';

const hash = `0x${'ab'.repeat(32)}` as Hash32;
const id = `0x${'cd'.repeat(32)}` as NodeId;

/**
 * Each fault once, with the one question that decides its class: can a node that keeps the rules emit it, whatever it received before
 * and whoever sits on the wire? `how` says how it can; a fault with a way costs nothing.
 */
const FAULTS: {
  readonly [Code in FaultCode]: { readonly fault: Extract<Fault, { code: Code }>; readonly how?: string };
} = {
  'handshake-failed': {
    fault: { code: 'handshake-failed', detail: 'bad-mac' },
    how: 'bytes changed on the way; a stale enode of ours',
  },
  'handshake-timeout': { fault: { code: 'handshake-timeout', stage: 'hello' }, how: 'a slow line' },
  'wrong-identity': {
    fault: { code: 'wrong-identity', expected: id, actual: id },
    how: 'someone else told us its address',
  },
  'bad-frame': { fault: { code: 'bad-frame', detail: 'bad-mac' }, how: 'bytes injected on the way' },
  'malformed-message': { fault: { code: 'malformed-message', message: 'Status', detail: 'rlp-truncated' } },
  'oversized-message': {
    fault: { code: 'oversized-message', detail: 'too-large' },
    how: 'another version with another limit',
  },
  'unknown-message': { fault: { code: 'unknown-message', messageCode: 99 } },
  'unexpected-message': { fault: { code: 'unexpected-message', message: 'Hello', state: 'active' } },
  'hello-identity-mismatch': { fault: { code: 'hello-identity-mismatch' } },
  'message-flood': { fault: { code: 'message-flood', message: 'base' } },
  'idle-timeout': { fault: { code: 'idle-timeout' }, how: 'a broken line' },
  'write-overflow': { fault: { code: 'write-overflow', queuedBytes: 1 }, how: 'a slow line' },
  'incompatible-p2p-version': { fault: { code: 'incompatible-p2p-version', version: 4 }, how: 'an old version' },
  'useless-peer': { fault: { code: 'useless-peer' }, how: 'a node of another protocol' },
  'wrong-protocol-version': {
    fault: { code: 'wrong-protocol-version', expected: 68, actual: 67 },
    how: 'another version',
  },
  'wrong-network': { fault: { code: 'wrong-network', expected: 1n, actual: 2n }, how: 'a node of another network' },
  'wrong-genesis': { fault: { code: 'wrong-genesis', expected: hash, actual: hash }, how: 'a node of another chain' },
  'wrong-fork-id': { fault: { code: 'wrong-fork-id', relation: 'remote-stale' }, how: 'a node that is not updated' },
  'request-timeout': { fault: { code: 'request-timeout', request: 'headers' }, how: 'load' },
  'unsolicited-reply': { fault: { code: 'unsolicited-reply', request: 'bodies' } },
  'reply-too-long': { fault: { code: 'reply-too-long', request: 'headers', asked: 1, got: 2 } },
  'reply-mismatch': { fault: { code: 'reply-mismatch', request: 'headers', detail: 'not linked' } },
  'withheld-data': { fault: { code: 'withheld-data', request: 'bodies' }, how: 'a reorg' },
  'withheld-transactions': {
    fault: { code: 'withheld-transactions', announced: 16, delivered: 1 },
    how: 'a block mined them',
  },
  'request-flood': { fault: { code: 'request-flood', request: 'GetBlockHeaders' } },
  'invalid-seal': { fault: { code: 'invalid-seal', hash, rule: 'bad-seal' } },
  'invalid-header': { fault: { code: 'invalid-header', hash, rule: 'bad-difficulty' } },
  'invalid-body': { fault: { code: 'invalid-body', hash, rule: 'bad-tx-root' } },
  'announced-invalid-block': { fault: { code: 'announced-invalid-block', hash, rule: 'bad-state-root' } },
  'relayed-invalid-block': {
    fault: { code: 'relayed-invalid-block', hash, rule: 'bad-state-root' },
    how: 'relay before execution',
  },
  'incompatible-block': {
    fault: { code: 'incompatible-block', hash, rule: 'contract-creation' },
    how: 'a full Ethereum node',
  },
  'misnumbered-block': { fault: { code: 'misnumbered-block', hash, announced: 6, actual: 7 } },
  'distant-block': { fault: { code: 'distant-block', hash }, how: 'its clock or ours' },
  'invalid-transaction': { fault: { code: 'invalid-transaction', hash, rule: 'bad-signature' } },
  'refused-transaction': {
    fault: { code: 'refused-transaction', hash, rule: 'nonce-too-low' },
    how: 'a different head',
  },
  'announcement-mismatch': {
    fault: { code: 'announcement-mismatch', hash, detail: 'size' },
    how: 'another way to count',
  },
};

const rows = Object.values(FAULTS).map(({ fault, ...rest }) => ({
  name: fault.code,
  fault,
  how: 'how' in rest ? rest.how : undefined,
}));

describe('the price list', () => {
  it('names every fault and no other', () => {
    expect(Object.keys(PENALTIES).sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it.each(rows)('$name costs points only if no honest node can emit it', ({ fault, how }) => {
    const { class: faultClass, points } = PENALTIES[fault.code];
    expect(points > 0).toBe(faultClass !== 'none');
    if (how !== undefined) expect(points, how).toBe(0);
    else expect(points).toBeGreaterThan(0);
  });

  it.each(rows)('$name: back-off and disconnect go together', ({ fault }) => {
    const { disconnect, backOffMs, class: faultClass } = PENALTIES[fault.code];
    if (disconnect === undefined) expect(backOffMs).toBe(0);
    else expect(backOffMs).toBeGreaterThan(0);
    if (faultClass === 'hard') expect(disconnect).toBe('protocol-breach');
  });

  it('bans at once only for work that was never done or state that was never computed', () => {
    const fatal = rows.filter(({ fault }) => PENALTIES[fault.code].points >= 100).map(({ name }) => name);
    expect(fatal.sort()).toEqual(['announced-invalid-block', 'invalid-seal']);
  });

  it.each(rows)('$name is told in one line', ({ fault }) => {
    expect(describeFault(fault)).toMatch(new RegExp(`^${fault.code}`));
    expect(describeFault(fault)).not.toMatch(/\n|undefined|\[object/);
  });
});
