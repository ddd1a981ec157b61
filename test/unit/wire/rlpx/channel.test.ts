import { describe, expect, it } from 'vitest';
import type { PublicKey } from '../../../../src/base/brand.js';
import { concatBytes } from '../../../../src/base/bytes.js';
import { toPublicKey } from '../../../../src/base/hex.js';
import { DecodeError } from '../../../../src/codec/decode-error.js';
import { createIdentity } from '../../../../src/crypto/identity.js';
import { selectCrypto } from '../../../../src/crypto/select.js';
import { type Channel, type ChannelEvent, MAX_HELLO_BYTES, MAX_MESSAGE_BYTES } from '../../../../src/wire/channel.js';
import { disconnect } from '../../../../src/wire/p2p/disconnect.js';
import { createRlpxChannel } from '../../../../src/wire/rlpx/channel.js';
import { seededRandom } from '../../../support/seeded-random.js';

// The fast backend: these tests shake some hundred hands.
await selectCrypto();

const random = seededRandom('rlpx');
const alice = createIdentity(random.bytes(32));
const bob = createIdentity(random.bytes(32));

/** Feeds `bytes` in pieces of `size` bytes. */
function feed(channel: Channel, bytes: Uint8Array, size = bytes.length): ChannelEvent[] {
  const events: ChannelEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...channel.feed(bytes.subarray(at, at + size)));
  return events;
}

interface Pair {
  readonly initiator: Channel;
  readonly recipient: Channel;
  readonly auth: Uint8Array;
  readonly ack: Uint8Array;
}

/** Two channels, connected, and the bytes that made them so. */
function connect(seed = 'pair', size?: number): Pair {
  const seeded = seededRandom(seed);
  const initiator = createRlpxChannel({ identity: alice, random: seeded.fork('a'), remote: bob.publicKey });
  const recipient = createRlpxChannel({ identity: bob, random: seeded.fork('b') });
  const auth = initiator.open() ?? new Uint8Array(0);
  const [accepted] = feed(recipient, auth, size);
  if (accepted?.kind !== 'established' || accepted.send === undefined) throw new Error('the recipient did not accept');
  expect(accepted.remote).toBe(alice.publicKey);
  expect(feed(initiator, accepted.send, size)).toEqual([{ kind: 'established', remote: bob.publicKey }]);
  return { initiator, recipient, auth, ack: accepted.send };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof DecodeError ? error.code : `not a DecodeError: ${String(error)}`;
  }
  return 'none';
}

const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('handshake', () => {
  it('is the same function of keys and randomness every time', () => {
    expect(connect('golden').auth).toEqual(connect('golden').auth);
    expect(connect('golden').ack).toEqual(connect('golden').ack);
  });

  it.each([1, 2, 3, 7, 100])('works in pieces of %i bytes', (size) => {
    expect(connect('pieces', size).ack).toEqual(connect('pieces').ack);
  });

  it('needs every byte of either packet', () => {
    const { auth } = connect('cut');
    const recipient = createRlpxChannel({ identity: bob, random });
    expect(feed(recipient, auth.subarray(0, -1), 1)).toEqual([]);
    expect(feed(recipient, auth.subarray(-1))).toHaveLength(1);
  });

  it('refuses an auth packet with any one byte changed, and never fails otherwise', () => {
    const { auth } = connect('flip');
    // The size prefix may promise more bytes than there are: then it waits.
    for (let at = 0; at < auth.length; at += 3) {
      const code = codeOf(() => {
        const recipient = createRlpxChannel({ identity: bob, random });
        if (feed(recipient, flip(auth, at)).length === 0) throw new DecodeError('bad-mac', 'waits');
      });
      expect(['bad-mac', 'bad-value', 'bad-length', 'too-large']).toContain(code);
    }
  });

  it('refuses an auth packet for someone else', () => {
    const { auth } = connect();
    expect(codeOf(() => feed(createRlpxChannel({ identity: alice, random }), auth))).toBe('bad-mac');
  });

  it('refuses an ack from someone else than was dialed', () => {
    const initiator = createRlpxChannel({ identity: bob, random, remote: alice.publicKey });
    initiator.open();
    expect(codeOf(() => feed(initiator, connect('another').ack))).toBe('bad-mac');
  });

  const garbage: [name: string, bytes: Uint8Array, code: string][] = [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'bad-value'],
    ['the form from before EIP-8', Uint8Array.of(0x04, 0x8c, 0xa7), 'bad-value'],
    ['a packet too short for its encryption', Uint8Array.of(0, 113, 4), 'bad-length'],
    ['a packet of 2049 bytes', Uint8Array.of(0x08, 0x01, 4), 'too-large'],
    ['noise of the right form', concatBytes(Uint8Array.of(1, 0, 4), random.bytes(255)), 'bad-mac'],
  ];
  it.each(garbage)('refuses %s', (_, bytes, code) => {
    expect(codeOf(() => feed(createRlpxChannel({ identity: bob, random }), bytes))).toBe(code);
  });

  it('refuses to dial a key that is not a point', () => {
    const remote: PublicKey = toPublicKey(new Uint8Array(64).fill(1));
    expect(codeOf(() => createRlpxChannel({ identity: alice, random, remote }).open())).toBe('bad-signature');
  });
});

describe('messages', () => {
  const payload = (length: number): Uint8Array => seededRandom(length).bytes(length);

  it.each([0, 1, 15, 16, 17, 2000])('carries %i bytes both ways, cut at every byte', (length) => {
    const { initiator, recipient } = connect();
    for (const [from, to] of [
      [initiator, recipient],
      [recipient, initiator],
    ] as const) {
      const sent = [0, 1, 0x10, 0x80, 0x1234].map((code) => from.seal(code, payload(length)));
      const events = feed(to, concatBytes(...sent), 1);
      expect(events.map((event) => event.kind === 'message' && event.code)).toEqual([0, 1, 0x10, 0x80, 0x1234]);
      for (const event of events)
        if (event.kind === 'message') expect([...event.payload]).toEqual([...payload(length)]);
    }
  });

  it('switches to compression between two messages of one piece', () => {
    const { initiator, recipient } = connect();
    const plain = initiator.seal(0, payload(50));
    initiator.enableSnappy();
    const bytes = concatBytes(plain, initiator.seal(0x10, new Uint8Array(5000)), initiator.seal(1, payload(3)));
    const lengths: number[] = [];
    for (const event of recipient.feed(bytes)) {
      if (event.kind !== 'message') continue;
      lengths.push(event.payload.length);
      if (event.code === 0) recipient.enableSnappy();
    }
    expect(lengths).toEqual([50, 5000, 3]);
  });

  it.each([
    { name: 'a list', payload: Uint8Array.of(0xc1, 0x08), code: 0x08 },
    { name: 'a list with reason 0', payload: Uint8Array.of(0xc1, 0x80), code: 0 },
    { name: 'an integer', payload: Uint8Array.of(0x04), code: 0x04 },
    { name: 'integer 0', payload: Uint8Array.of(0x80), code: 0 },
    { name: 'an empty list', payload: Uint8Array.of(0xc0), code: 0 },
  ])('takes a Disconnect that is not compressed where all else is: $name', ({ payload, code }) => {
    const { initiator, recipient } = connect('uncompressed');
    recipient.enableSnappy();
    const [event] = feed(recipient, initiator.seal(disconnect.code, payload));
    expect(event).toMatchObject({ kind: 'message', code: disconnect.code });
    expect(event?.kind === 'message' && disconnect.decode(event.payload)).toBe(code);
  });

  it('takes no other message that is not compressed', () => {
    const { initiator, recipient } = connect('uncompressed');
    recipient.enableSnappy();
    expect(codeOf(() => feed(recipient, initiator.seal(disconnect.code + 1, Uint8Array.of(0xc0))))).toMatch(/^snappy-/);
  });

  it('takes the ack and the first message in one piece', () => {
    const initiator = createRlpxChannel({ identity: alice, random, remote: bob.publicKey });
    const recipient = createRlpxChannel({ identity: bob, random });
    const [accepted] = feed(recipient, initiator.open() ?? new Uint8Array(0));
    if (accepted?.kind !== 'established') throw new Error('not accepted');
    const both = concatBytes(accepted.send ?? new Uint8Array(0), recipient.seal(0, payload(10)));
    expect(feed(initiator, both).map(({ kind }) => kind)).toEqual(['established', 'message']);
  });

  it('refuses a frame with any one byte changed', () => {
    const sealed = connect('alter').initiator.seal(0x10, payload(40));
    for (let at = 0; at < sealed.length; at++) {
      const { recipient } = connect('alter');
      expect(codeOf(() => feed(recipient, flip(sealed, at)))).toBe('bad-mac');
    }
  });

  it('refuses a frame that is repeated', () => {
    const { initiator, recipient } = connect();
    const sealed = initiator.seal(0x10, payload(40));
    feed(recipient, sealed);
    expect(codeOf(() => feed(recipient, sealed))).toBe('bad-mac');
  });

  const limits: [name: string, length: number, snappy: boolean, maxBytes: number, code: string][] = [
    ['the largest Hello', MAX_HELLO_BYTES, false, 0, 'none'],
    ['one byte more before Hello', MAX_HELLO_BYTES + 1, false, 0, 'too-large'],
    ['a frame before Hello that is not even buffered', MAX_HELLO_BYTES + 4096, false, 0, 'too-large'],
    ['the largest message of its kind', 1000, true, 1000, 'none'],
    ['one byte more than its kind may have', 1001, true, 1000, 'snappy-too-large'],
    ['the largest message there is', MAX_MESSAGE_BYTES, true, Number.POSITIVE_INFINITY, 'none'],
  ];
  it.each(limits)('%s', (_, length, snappy, maxBytes, code) => {
    const { initiator, recipient } = connect();
    if (snappy) for (const channel of [initiator, recipient]) channel.enableSnappy(() => maxBytes);
    expect(codeOf(() => feed(recipient, initiator.seal(0x10, new Uint8Array(length))))).toBe(code);
  });

  it('reassembles a large incompressible message from small segments in linear time', () => {
    const { initiator, recipient } = connect();
    const length = 4 * 1024 * 1024;
    for (const channel of [initiator, recipient]) channel.enableSnappy();
    const body = seededRandom('large').bytes(length);
    const [event] = feed(recipient, initiator.seal(0x10, body), 1448);
    expect(event?.kind === 'message' && Buffer.compare(event.payload, body)).toBe(0);
  });
});
