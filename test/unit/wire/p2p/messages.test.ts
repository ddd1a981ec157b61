import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPublicKey } from '../../../../src/base/hex.js';
import { DecodeError } from '../../../../src/codec/decode-error.js';
import { encodeRlp } from '../../../../src/codec/rlp-writer.js';
import { DISCONNECT_CODES, disconnect, disconnectReason } from '../../../../src/wire/p2p/disconnect.js';
import { type Hello, hello } from '../../../../src/wire/p2p/hello.js';
import { ping } from '../../../../src/wire/p2p/ping.js';
import { pong } from '../../../../src/wire/p2p/pong.js';

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

const example: Hello = {
  p2pVersion: 5,
  clientId: 'Grapevine/0.1.0/linux',
  capabilities: [
    { name: 'eth', version: 67 },
    { name: 'eth', version: 68 },
  ],
  listenPort: 30303,
  publicKey: toPublicKey(new Uint8Array(64).fill(7)),
};

describe('Hello', () => {
  it('reads what it writes', () => expect(hello.decode(hello.encode(example))).toEqual(example));

  it('refuses every truncation', () => {
    const encoded = hello.encode(example);
    for (let length = 0; length < encoded.length; length++) {
      expect(() => hello.decode(encoded.subarray(0, length))).toThrow(DecodeError);
    }
  });

  it('throws nothing but DecodeError on any input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        try {
          hello.decode(input);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });

  it('makes the client id harmless', () => {
    const evil = hello.encode({ ...example, clientId: 'a\u001b[31m\nb\u202e café' });
    expect(hello.decode(evil).clientId).toBe('a?[31m?b? café');
  });

  it('refuses hundreds of capabilities', () => {
    const capabilities = Array.from({ length: 101 }, (_, version) => ({ name: 'x', version }));
    expect(() => hello.decode(hello.encode({ ...example, capabilities }))).toThrow(DecodeError);
  });
});

describe('Disconnect', () => {
  const forms: [name: string, payload: Uint8Array, code: number][] = [
    ['a list', bytes('c104'), 4],
    ['a bare integer', bytes('04'), 4],
    ['a list with more in it', bytes('c20405'), 4],
    ['an empty list', bytes('c0'), 0],
    ['nothing', bytes(''), 0],
    ['zero as an empty string', bytes('c180'), 0],
  ];
  it.each(forms)('is read from %s', (_, payload, code) => expect(disconnect.decode(payload)).toBe(code));

  it('reads what it writes and names every code', () => {
    for (const [reason, code] of Object.entries(DISCONNECT_CODES)) {
      expect(disconnect.decode(disconnect.encode(code))).toBe(code);
      expect(disconnectReason(code)).toBe(reason);
    }
    expect(disconnectReason(0x0c)).toBeUndefined();
  });

  it.each([
    ['a list in the list', encodeRlp([[4]])],
    ['a number of two bytes', encodeRlp([256])],
  ])('refuses %s', (_, payload) => expect(() => disconnect.decode(payload)).toThrow(DecodeError));
});

describe('Ping and Pong', () => {
  it('are empty lists, and take anything', () => {
    for (const codec of [ping, pong]) {
      expect([...codec.encode(undefined)]).toEqual([0xc0]);
      expect(codec.decode(bytes('ff'))).toBeUndefined();
    }
  });
});
