import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { type Channel, type ChannelEvent, MAX_HELLO_BYTES } from '../../../src/wire/channel.js';
import { createPlainChannel } from '../../../src/wire/plain-wire.js';
import { fakeIdentity } from '../../support/fake-identity.js';

const alice = fakeIdentity('alice').publicKey;
const bob = fakeIdentity('bob').publicKey;

function feed(channel: Channel, bytes: Uint8Array, size = 1): ChannelEvent[] {
  const events: ChannelEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...channel.feed(bytes.subarray(at, at + size)));
  return events;
}

function connect(): readonly [initiator: Channel, recipient: Channel] {
  const initiator = createPlainChannel({ publicKey: alice, remote: bob });
  const recipient = createPlainChannel({ publicKey: bob });
  expect(recipient.open()).toBeUndefined();
  const [accepted] = feed(recipient, initiator.open() ?? new Uint8Array(0));
  if (accepted?.kind !== 'established') throw new Error('not accepted');
  expect(accepted.remote).toBe(alice);
  expect(feed(initiator, accepted.send ?? new Uint8Array(0))).toEqual([{ kind: 'established', remote: bob }]);
  return [initiator, recipient];
}

describe('plain channel', () => {
  it.each([1, 5, 1000])('carries messages both ways in pieces of %i bytes', (size) => {
    const [initiator, recipient] = connect();
    for (const [from, to] of [
      [initiator, recipient],
      [recipient, initiator],
    ] as const) {
      const sent = [0, 1, 300].map((length) => from.seal(length, new Uint8Array(length).fill(length)));
      const events = feed(to, concatBytes(...sent), size);
      expect(events.map((event) => event.kind === 'message' && [event.code, event.payload.length])).toEqual([
        [0, 0],
        [1, 1],
        [300, 300],
      ]);
    }
  });

  it('refuses a key other than the one that was dialed', () => {
    const initiator = createPlainChannel({ publicKey: alice, remote: bob });
    const mallory = createPlainChannel({ publicKey: fakeIdentity('mallory').publicKey, remote: alice });
    expect(() => feed(initiator, mallory.open() ?? new Uint8Array(0))).toThrow(DecodeError);
  });

  it('limits messages before Hello, and by code after it', () => {
    const [initiator, recipient] = connect();
    expect(() => feed(recipient, initiator.seal(0, new Uint8Array(MAX_HELLO_BYTES + 1)))).toThrow(DecodeError);
    const [from, to] = connect();
    to.enableSnappy((code) => (code === 1 ? 10 : 10_000));
    expect(feed(to, from.seal(2, new Uint8Array(10_000)))).toHaveLength(1);
    expect(() => feed(to, from.seal(1, new Uint8Array(11)))).toThrow(DecodeError);
  });
});
