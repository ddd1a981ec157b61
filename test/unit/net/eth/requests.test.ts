import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../../src/codec/decode-error.js';
import type { Fault } from '../../../../src/net/defense/fault.js';
import type { PeerControl } from '../../../../src/net/eth/peer-control.js';
import { deliverReply, failRequests } from '../../../../src/net/eth/replies.js';
import { RequestTable } from '../../../../src/net/eth/requests.js';
import { getBlockHeaders } from '../../../../src/wire/eth/get-block-headers.js';

const ITEM = Uint8Array.of(0x01);

function setUp() {
  const sent: { conn: number; payload: Uint8Array }[] = [];
  const faults: Fault[] = [];
  const peers: PeerControl = {
    send: (conn, _code, payload) => sent.push({ conn, payload }),
    fault: (_nowMs, _conn, fault) => faults.push(fault),
    merit: () => undefined,
    disconnect: () => undefined,
    setReadPaused: () => undefined,
    isWritable: () => true,
    rttMs: () => undefined,
  };
  const table = new RequestTable(peers);
  const log: string[] = [];
  const ask = (nowMs: number, conn: number, amount = 2, onReply: () => void = () => undefined): boolean =>
    table.headers(
      nowMs,
      conn,
      { origin: { kind: 'number', number: 1 }, amount, skip: 0, reverse: false },
      {
        onReply: (at, items, elapsedMs) => {
          log.push(`reply ${items.length} at ${at} after ${elapsedMs}`);
          onReply();
        },
        onFailure: (at, failure) => log.push(`${failure} at ${at}`),
      },
    );
  const lastId = (): bigint => getBlockHeaders.decode(sent[sent.length - 1]?.payload ?? new Uint8Array()).requestId;
  const reply = (nowMs: number, conn: number, requestId: bigint, count = 1, kind: 'headers' | 'bodies' = 'headers') =>
    deliverReply(nowMs, table, peers, { conn, kind, requestId, items: Array.from({ length: count }, () => ITEM) });
  const expire = (nowMs: number): void => failRequests(nowMs, table.takeExpired(nowMs), 'timeout', peers);
  return { table, sent, faults, log, ask, lastId, reply, expire };
}

describe('request table', () => {
  it('gives each question an id of its own and the answer to its asker', () => {
    const { ask, lastId, reply, log, faults, table } = setUp();
    ask(0, 1);
    const first = lastId();
    ask(0, 1);
    const second = lastId();
    expect(second).not.toBe(first);
    reply(30, 1, second);
    reply(40, 1, first, 2);
    expect(log).toEqual(['reply 1 at 30 after 30', 'reply 2 at 40 after 40']);
    expect(faults).toEqual([]);
    expect(table.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  const strangers = [
    { name: 'another id', conn: 1, kind: 'headers', offset: 1n },
    { name: 'another peer', conn: 2, kind: 'headers', offset: 0n },
    { name: 'another kind', conn: 1, kind: 'bodies', offset: 0n },
  ] as const;
  for (const { name, conn, kind, offset } of strangers) {
    it(`takes no answer with ${name}`, () => {
      const { ask, lastId, reply, log, faults } = setUp();
      ask(0, 1);
      reply(10, conn, lastId() + offset, 1, kind);
      expect(log).toEqual([]);
      expect(faults).toEqual([{ code: 'unsolicited-reply', request: kind }]);
    });
  }

  it('takes an answer once', () => {
    const { ask, lastId, reply, log, faults } = setUp();
    ask(0, 1);
    reply(10, 1, lastId());
    reply(11, 1, lastId());
    expect(log).toHaveLength(1);
    expect(faults.map(({ code }) => code)).toEqual(['unsolicited-reply']);
  });

  it('refuses an answer with more items than asked, undecoded', () => {
    const { ask, lastId, reply, log, faults } = setUp();
    ask(0, 1, 2);
    reply(10, 1, lastId(), 3);
    expect(log).toEqual(['bad-reply at 10']);
    expect(faults).toEqual([{ code: 'reply-too-long', request: 'headers', asked: 2, got: 3 }]);
  });

  it('tells the asker of an answer that does not decode, and passes the error on', () => {
    const { ask, lastId, reply, log } = setUp();
    ask(0, 1, 2, () => {
      throw new DecodeError('bad-value', 'test');
    });
    expect(() => reply(10, 1, lastId())).toThrow(DecodeError);
    expect(log).toEqual(['reply 1 at 10 after 10', 'bad-reply at 10']);
  });

  it('ends a question at its deadline and excuses the late answer for 60 s, once', () => {
    const { ask, lastId, reply, expire, log, faults, table } = setUp();
    ask(0, 1);
    expect(table.nextWake()).toBe(5000);
    expire(4999);
    expect(log).toEqual([]);
    expire(5000);
    expect(log).toEqual(['timeout at 5000']);
    reply(64_999, 1, lastId());
    expect(faults.map(({ code }) => code)).toEqual(['request-timeout']);
    reply(65_000, 1, lastId());
    expect(faults.map(({ code }) => code)).toEqual(['request-timeout', 'unsolicited-reply']);
  });

  it('calls an answer unsolicited that is more than 60 s late', () => {
    const { ask, lastId, reply, expire, faults } = setUp();
    ask(0, 1);
    expire(5000);
    reply(65_001, 1, lastId());
    expect(faults.map(({ code }) => code)).toEqual(['request-timeout', 'unsolicited-reply']);
  });

  it('learns how long a peer takes, within 2 s and 20 s', () => {
    const { ask, lastId, reply, expire, table } = setUp();
    for (let i = 0; i < 60; i++) {
      ask(0, 1);
      reply(20, 1, lastId());
    }
    ask(0, 1);
    expect(table.nextWake()).toBe(2000);
    expire(2000);
    for (let i = 0; i < 20; i++) {
      ask(0, 1);
      expire(30_000);
    }
    ask(0, 1);
    expect(table.nextWake()).toBe(20_000);
  });

  it('keeps at most 16 questions open with one peer', () => {
    const { ask, table, sent } = setUp();
    const answers = Array.from({ length: 20 }, () => ask(0, 1));
    expect(answers.filter(Boolean)).toHaveLength(16);
    expect(sent).toHaveLength(16);
    expect(table.hasRoom(1)).toBe(false);
    expect(ask(0, 2)).toBe(true);
  });

  it('returns what a peer leaves open', () => {
    const { ask, table, log } = setUp();
    ask(0, 1);
    ask(0, 2);
    const open = table.dropPeer(1);
    expect(open).toHaveLength(1);
    failRequests(7, open, 'gone', {
      send: () => undefined,
      fault: () => expect.fail('leaving is no fault'),
      merit: () => undefined,
      disconnect: () => undefined,
      setReadPaused: () => undefined,
      isWritable: () => true,
      rttMs: () => undefined,
    });
    expect(log).toEqual(['gone at 7']);
    expect(table.nextWake()).toBe(5000);
  });
});
