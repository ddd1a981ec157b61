import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../../../../src/crypto/identity.js';
import { DISCONNECT_CODES, disconnect } from '../../../../../src/wire/p2p/disconnect.js';
import { hello } from '../../../../../src/wire/p2p/hello.js';
import { createPlainChannel } from '../../../../../src/wire/plain-wire.js';
import { createRlpxChannel } from '../../../../../src/wire/rlpx/channel.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { type End, ETH, makeEnd, SessionPair, T0 } from './session-pair.js';

const payload = (size: number): Uint8Array => new Uint8Array(size).map((_, i) => i % 251);

function helloOf(end: End, change: Partial<Parameters<typeof hello.encode>[0]> = {}) {
  return { ...end.session.config.hello, publicKey: end.identity.publicKey, ...change };
}

describe.each(['plain', 'rlpx'] as const)('a session over %s', (wire) => {
  it('becomes active on both ends, with the keys that were proved', () => {
    const { dialer, listener } = new SessionPair({ wire }).connect();
    expect(dialer.log.identified).toEqual([listener.identity.publicKey]);
    expect(listener.log.identified).toEqual([dialer.identity.publicKey]);
    for (const { log, session } of [dialer, listener]) {
      expect(log.active).toBe(1);
      expect(session.state.kind).toBe('active');
      expect(log.faults).toEqual([]);
    }
  });

  it('carries messages of any size however TCP cuts them', () => {
    const pair = new SessionPair({ wire, seed: 'cut' }).connect();
    for (const [code, size] of [
      [0, 0],
      [1, 1],
      [7, 70_000],
      [16, 300_000],
    ] as const) {
      pair.dialer.session.send(T0, 'eth', code, payload(size));
      pair.listener.session.send(T0, 'eth', code, payload(size));
    }
    pair.deliver();
    for (const end of [pair.dialer, pair.listener]) {
      expect(end.log.messages.map(({ code, payload }) => [code, payload.length])).toEqual([
        [0, 0],
        [1, 1],
        [7, 70_000],
        [16, 300_000],
      ]);
      expect(Buffer.compare(end.log.messages[3]?.payload ?? payload(0), payload(300_000))).toBe(0);
    }
  });

  it('pings in silence, from one end, measures the round trip at both, and stays up', () => {
    const { dialer, listener } = new SessionPair({ wire }).connect().advance(120_000);
    expect(dialer.session.state.kind).toBe('active');
    expect(listener.session.state.kind).toBe('active');
    expect(dialer.session.traffic.pongs).toBe(10);
    expect(listener.session.traffic.pongs).toBe(1);
    expect(dialer.session.traffic.rttMs).toBe(0);
    expect(listener.session.traffic.rttMs).toBe(0);
  });

  it('pings nobody who is heard of anyway, but for the round trip', () => {
    const pair = new SessionPair({ wire }).connect();
    const { dialer, listener } = pair;
    const talk = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 5_000) {
        for (const { session } of [dialer, listener]) session.send(pair.nowMs, 'eth', 1, payload(1));
        pair.deliver().advance(5_000);
      }
    };
    talk(240_000);
    expect([dialer.session.traffic.pongs, listener.session.traffic.pongs]).toEqual([1, 1]);
    talk(120_000);
    expect([dialer.session.traffic.pongs, listener.session.traffic.pongs]).toEqual([2, 2]);
  });

  it('pings whoever dialed and says nothing, too', () => {
    const pair = new SessionPair({ wire }).connect().advance(13_000);
    for (let at = pair.nowMs; at < pair.nowMs + 25_000; at += 100) pair.listener.session.tick(at);
    expect(pair.listener.outbox).toHaveLength(1);
    expect(pair.listener.session.state.kind).toBe('active');
  });

  it('gives up a peer that says nothing for 30 s', () => {
    const pair = new SessionPair({ wire }).connect().advance(30_100, false);
    expect(pair.dialer.log.faults).toEqual([{ code: 'idle-timeout' }]);
    expect(pair.dialer.log.streamClose).toBe('flush');
  });

  it('tells the other end why it closes', () => {
    const pair = new SessionPair({ wire }).connect();
    pair.dialer.session.close(T0, 'client-quitting', { kind: 'local', reason: 'client-quitting', detail: '' });
    pair.deliver();
    expect(pair.listener.log.closed).toEqual([{ kind: 'remote', reason: 'client-quitting', code: 8 }]);
    expect(pair.dialer.log.closed).toHaveLength(1);
  });

  it.each(Object.keys(DISCONNECT_CODES) as (keyof typeof DISCONNECT_CODES)[])(
    'refuses with %s before Hello',
    (reason) => {
      const pair = new SessionPair({ wire, refuse: () => ({ reason, detail: 'no' }) }).connect();
      expect(pair.listener.log.closed).toEqual([{ kind: 'local', reason, detail: 'no' }]);
      expect(pair.dialer.log.closed).toEqual([{ kind: 'remote', reason, code: DISCONNECT_CODES[reason] }]);
      expect(pair.dialer.log.active).toBe(0);
      expect(pair.dialer.log.faults).toEqual([]);
    },
  );

  it('ends a stream of garbage after the handshake', () => {
    const pair = new SessionPair({ wire }).connect();
    pair.dialer.session.onData(T0, new Uint8Array(5_000).fill(0xff));
    expect(pair.dialer.log.faults).toHaveLength(1);
    expect(pair.dialer.session.state.kind).toBe('closing');
  });

  it('is silent once it is closing', () => {
    const pair = new SessionPair({ wire }).connect();
    pair.dialer.session.close(T0, 'requested', { kind: 'local', reason: 'requested', detail: '' });
    pair.dialer.outbox.length = 0;
    pair.dialer.session.send(T0, 'eth', 0, payload(1));
    pair.dialer.session.onData(T0, payload(100));
    pair.dialer.session.tick(T0 + 100_000);
    pair.dialer.session.close(T0, 'requested', { kind: 'local', reason: 'requested', detail: '' });
    expect(pair.dialer.outbox).toEqual([]);
    expect(pair.dialer.log.closed).toHaveLength(1);
    expect(pair.dialer.session.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what Hello leads to', () => {
  const cases = [
    { name: 'no common capability', theirs: { capabilities: [{ name: 'snap', version: 1 }] }, code: 'useless-peer' },
    { name: 'no capability', theirs: { capabilities: [] }, code: 'useless-peer' },
    {
      name: 'only versions that we lack',
      theirs: { capabilities: [{ name: 'eth', version: 63 }] },
      code: 'useless-peer',
    },
    { name: 'p2p version 4', theirs: { p2pVersion: 4 }, code: 'incompatible-p2p-version' },
    {
      name: 'another key',
      theirs: { publicKey: createIdentity(new Uint8Array(32).fill(9)).publicKey },
      code: 'hello-identity-mismatch',
    },
    {
      name: 'more capabilities than we read',
      theirs: { capabilities: Array(101).fill({ name: 'eth', version: 68 }) },
      code: 'oversized-message',
    },
    { name: 'a later p2p version', theirs: { p2pVersion: 6 }, code: undefined },
    {
      name: 'more capabilities',
      theirs: {
        capabilities: [
          { name: 'eth', version: 69 },
          { name: 'eth', version: 68 },
          { name: 'snap', version: 1 },
        ],
      },
      code: undefined,
    },
  ];
  it.each(cases)('$name', ({ theirs, code }) => {
    const base = new SessionPair();
    const pair = new SessionPair({ dialer: { hello: helloOf(base.dialer, theirs) } }).connect();
    expect(pair.listener.log.faults.map((fault) => fault.code)).toEqual(code === undefined ? [] : [code]);
    expect(pair.listener.session.state.kind).toBe(code === undefined ? 'active' : 'closing');
  });
});

describe('deadlines', () => {
  it('rlpx: 5 s for a stranger that sends nothing', () => {
    const pair = new SessionPair();
    expect(pair.listener.session.nextWake()).toBe(T0 + 5_000);
    pair.listener.session.tick(T0 + 4_999);
    expect(pair.listener.log.faults).toEqual([]);
    pair.listener.session.tick(T0 + 5_000);
    expect(pair.listener.log.faults).toEqual([{ code: 'handshake-timeout', stage: 'rlpx' }]);
    expect(pair.listener.log.streamClose).toBe('abort');
  });

  it('hello: 5 s more for one that only proves its key', () => {
    const pair = new SessionPair();
    const channel = createPlainChannel({
      publicKey: pair.dialer.identity.publicKey,
      remote: pair.listener.identity.publicKey,
    });
    pair.listener.session.onData(T0 + 3_000, channel.open() ?? payload(0));
    expect(pair.listener.session.state.kind).toBe('hello');
    pair.listener.session.tick(T0 + 8_000);
    expect(pair.listener.log.faults).toEqual([{ code: 'handshake-timeout', stage: 'hello' }]);
    expect(pair.listener.log.streamClose).toBe('flush');
  });
});

describe('messages that no honest peer sends', () => {
  /** A listener and a hand-driven peer that got as far as `stage`. */
  function rogue(stage: 'identified' | 'active') {
    const pair = new SessionPair();
    const channel = createPlainChannel({
      publicKey: pair.dialer.identity.publicKey,
      remote: pair.listener.identity.publicKey,
    });
    const { listener } = pair;
    listener.session.onData(T0, channel.open() ?? payload(0));
    for (const data of listener.outbox) for (const event of channel.feed(data)) expect(event).toBeDefined();
    const say = (code: number, data: Uint8Array) => listener.session.onData(T0, channel.seal(code, data));
    if (stage === 'active') {
      say(hello.code, hello.encode(helloOf(pair.dialer)));
      channel.enableSnappy();
    }
    return { listener, say, greet: () => hello.encode(helloOf(pair.dialer)) };
  }

  it.each([
    { name: 'a message before Hello', stage: 'identified', code: 0x10, data: payload(1), fault: 'unexpected-message' },
    { name: 'a ping before Hello', stage: 'identified', code: 0x02, data: payload(1), fault: 'unexpected-message' },
    {
      name: 'a code behind the last capability',
      stage: 'active',
      code: 0x10 + 17,
      data: payload(1),
      fault: 'unknown-message',
    },
    {
      name: 'a Hello that does not decode',
      stage: 'identified',
      code: 0,
      data: Uint8Array.of(0xc2, 0x01),
      fault: 'malformed-message',
    },
  ] as const)('$name', ({ stage, code, data, fault }) => {
    const { listener, say } = rogue(stage);
    say(code, data);
    expect(listener.log.faults.map((entry) => entry.code)).toEqual([fault]);
    expect(listener.session.state.kind).toBe('closing');
  });

  it('a second Hello', () => {
    const { listener, say, greet } = rogue('active');
    say(hello.code, greet());
    expect(listener.log.faults.map(({ code }) => code)).toEqual(['unexpected-message']);
  });

  it('reserved base codes are ignored, a flood of them is not', () => {
    const { listener, say } = rogue('active');
    for (let i = 0; i < 50; i++) say(0x04 + (i % 12), payload(3));
    expect(listener.log.faults).toEqual([]);
    say(0x0f, payload(3));
    expect(listener.log.faults).toEqual([{ code: 'message-flood', message: 'base' }]);
  });

  it.each([
    { name: 'garbage', data: payload(9), reason: 'requested' },
    { name: 'nothing', data: payload(0), reason: 'requested' },
    { name: 'an unknown code', data: disconnect.encode(0x55), reason: undefined },
    { name: 'a bare code', data: Uint8Array.of(0x04), reason: 'too-many-peers' },
  ])('a Disconnect that holds $name is still no fault', ({ data, reason }) => {
    const { listener, say } = rogue('active');
    say(disconnect.code, data);
    expect(listener.log.faults).toEqual([]);
    expect(listener.log.closed).toMatchObject([{ kind: 'remote', reason }]);
  });
});

describe('RLPx under attack', () => {
  it('answers garbage instead of auth with nothing but a closed stream', () => {
    const pair = new SessionPair({ wire: 'rlpx' });
    pair.listener.session.onData(T0, payload(600));
    pair.listener.session.onData(T0, payload(600));
    expect(pair.listener.log.faults.map(({ code }) => code)).toEqual(['handshake-failed']);
    expect(pair.listener.outbox).toEqual([]);
    expect(pair.listener.log.streamClose).toBe('abort');
  });

  it('dialing another node than the one that listens ends in the handshake', () => {
    const random = seededRandom('other');
    const other = createIdentity(new Uint8Array(32).fill(7));
    const pair = new SessionPair({ wire: 'rlpx' });
    const channel = createRlpxChannel({ identity: pair.dialer.identity, random, remote: other.publicKey });
    pair.listener.session.onData(T0, channel.open() ?? payload(0));
    expect(pair.listener.log.faults.map(({ code }) => code)).toEqual(['handshake-failed']);
  });

  it('a changed byte is a bad frame, which costs nobody: whoever holds the wire can do it', () => {
    const pair = new SessionPair({ wire: 'rlpx' }).connect();
    pair.listener.session.send(T0, 'eth', 1, payload(100));
    const frame = pair.listener.outbox.pop() ?? payload(0);
    frame[40] = (frame[40] ?? 0) ^ 1;
    pair.dialer.session.onData(T0, frame);
    expect(pair.dialer.log.faults.map(({ code }) => code)).toEqual(['bad-frame']);
  });

  it('an uncompressed Disconnect behind Hello is read for its reason and costs nothing', () => {
    const identity = createIdentity(new Uint8Array(32).fill(3));
    const us = makeEnd(
      createIdentity(new Uint8Array(32).fill(2)),
      createRlpxChannel({ identity: createIdentity(new Uint8Array(32).fill(2)), random: seededRandom('us') }),
      {},
    );
    const them = createRlpxChannel({ identity, random: seededRandom('them'), remote: us.identity.publicKey });
    us.session.onData(T0, them.open() ?? payload(0));
    const ack = us.outbox.shift() ?? payload(0);
    for (const event of them.feed(ack)) expect(event.kind).toBe('established');
    us.session.onData(T0, them.seal(hello.code, hello.encode(helloOf(us, { publicKey: identity.publicKey }))));
    expect(us.session.state.kind).toBe('active');
    us.session.onData(T0, them.seal(disconnect.code, disconnect.encode(DISCONNECT_CODES['too-many-peers'])));
    expect(us.log.faults).toEqual([]);
    expect(us.session.state).toMatchObject({ kind: 'closing', cause: { kind: 'remote', reason: 'too-many-peers' } });
  });

  it('does not dial a key that is not on the curve', () => {
    const pair = new SessionPair();
    const bad = `0x${'11'.repeat(64)}` as typeof pair.dialer.identity.publicKey;
    const channel = createRlpxChannel({ identity: pair.dialer.identity, random: seededRandom('x'), remote: bad });
    const end = makeEnd(pair.dialer.identity, channel, { direction: 'out', expected: bad });
    end.session.onStreamOpened(T0);
    expect(end.log.faults.map(({ code }) => code)).toEqual(['handshake-failed']);
  });
});

describe('back-pressure', () => {
  it('what piles up for a peer that does not read is bounded', () => {
    const { dialer } = new SessionPair().connect();
    dialer.session.onWritable(T0, false);
    expect(dialer.session.traffic.writable).toBe(false);
    for (let i = 0; i < 8; i++) dialer.session.send(T0, 'eth', 1, payload(1024 * 1024));
    expect(dialer.log.faults).toEqual([]);
    dialer.session.send(T0, 'eth', 1, payload(10));
    expect(dialer.log.faults.map(({ code }) => code)).toEqual(['write-overflow']);
    expect(dialer.log.streamClose).toBe('abort');
  });

  it('a peer that reads on starts anew; one that stays full for a minute goes', () => {
    const { dialer } = new SessionPair().connect();
    dialer.session.onWritable(T0, false);
    for (let i = 0; i < 8; i++) dialer.session.send(T0, 'eth', 1, payload(1024 * 1024));
    dialer.session.onWritable(T0 + 1_000, true);
    expect(dialer.session.traffic.writable).toBe(true);
    dialer.session.onWritable(T0 + 2_000, false);
    dialer.session.tick(T0 + 62_000);
    expect(dialer.log.faults.map(({ code }) => code)).toEqual(['write-overflow']);
  });

  it('pauses reading on request, and does not call a paused peer idle', () => {
    const { dialer } = new SessionPair().connect();
    dialer.session.setReadPaused(T0, true);
    dialer.session.setReadPaused(T0, true);
    dialer.session.tick(T0 + 31_000);
    expect(dialer.log.faults).toEqual([]);
    dialer.session.setReadPaused(T0 + 31_000, false);
    dialer.session.tick(T0 + 32_000);
    expect(dialer.log.pauses).toEqual([true, false]);
    expect(dialer.session.state.kind).toBe('active');
  });

  it('slows a peer that sends too many messages, without a fault', () => {
    const pair = new SessionPair().connect();
    for (let i = 0; i < 10_050; i++) pair.listener.session.send(T0, 'eth', 1, payload(0));
    pair.deliver();
    expect(pair.dialer.log.faults).toEqual([]);
    expect(pair.dialer.log.messages).toHaveLength(10_050);
    expect(pair.dialer.log.pauses).toEqual([true]);
    pair.dialer.session.tick(pair.dialer.session.nextWake());
    expect(pair.dialer.log.pauses).toEqual([true, false]);
  });

  it('shared capabilities get their own code range', () => {
    const snap = { name: 'snap', version: 1, length: 8 };
    const base = new SessionPair();
    const both = { capabilities: [ETH, snap] };
    const capabilities = [
      { name: 'eth', version: 68 },
      { name: 'snap', version: 1 },
    ];
    const pair = new SessionPair({
      dialer: { ...both, hello: helloOf(base.dialer, { capabilities }) },
      listener: { ...both, hello: helloOf(base.listener, { capabilities }) },
    }).connect();
    pair.dialer.session.send(T0, 'snap', 7, payload(3));
    pair.deliver();
    expect(pair.listener.log.messages).toMatchObject([{ code: 7, payload: { length: 3 } }]);
  });
});
