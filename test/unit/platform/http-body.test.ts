import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BodyRoom, readBody } from '../../../src/platform/http/body.js';

const MAX_BYTES = 100_000;

/** A body that is read as `send` emits it, and what was made of it. */
function readTest(room: BodyRoom = { freeBytes: MAX_BYTES }) {
  const request = new EventEmitter();
  const got: (string | undefined)[] = [];
  Object.assign(request, { headers: {} });
  readBody(request as IncomingMessage, MAX_BYTES, room, (text) => got.push(text));
  return {
    send: (piece: Buffer) => void request.emit('data', piece),
    end: () => void request.emit('end'),
    leave: () => void request.emit('close'),
    got,
  };
}

afterEach(() => void vi.restoreAllMocks());

describe('a body', () => {
  it.each([
    ['nothing', []],
    ['one piece', ['{"a":1}']],
    ['some pieces', ['{"a"', ':', '1}']],
    ['a piece that outgrows twice what came before', ['{', 'x'.repeat(60_000), '}']],
    ['as much as is allowed', ['x'.repeat(50_000), 'x'.repeat(49_999), 'x']],
  ])('of %s is read as it was sent', (_, pieces) => {
    const { send, end, got } = readTest();
    for (const piece of pieces) send(Buffer.from(piece));
    end();
    expect(got).toEqual([pieces.join('')]);
  });

  it('is one buffer that doubles, however small its pieces are, and none of them is kept', () => {
    const allocated = vi.spyOn(Buffer, 'allocUnsafe');
    const { send, end, got } = readTest();
    send(Buffer.from('x'));
    // Were it kept, what it holds at the end would be there many times over.
    const piece = Buffer.from('x');
    for (let i = 1; i < MAX_BYTES; i++) {
      piece[0] = 0x61 + (i % 26);
      send(piece);
    }
    const sizes = allocated.mock.calls.map(([size]) => size);
    end();
    expect(got).toEqual([
      Array.from({ length: MAX_BYTES }, (_, i) => (i === 0 ? 'x' : String.fromCharCode(0x61 + (i % 26)))).join(''),
    ]);
    expect(sizes.length).toBeLessThan(6);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('that grows too long is refused once', () => {
    const { send, end, got } = readTest();
    send(Buffer.alloc(MAX_BYTES));
    send(Buffer.alloc(1));
    send(Buffer.alloc(1));
    end();
    expect(got).toEqual([undefined]);
  });

  it('finds room beside others, until they are read or their clients are gone', () => {
    const room = { freeBytes: 1000 };
    const [read, left, refused, whole] = [readTest(room), readTest(room), readTest(room), readTest(room)];
    for (const { send } of [read, left]) for (let i = 0; i < 2; i++) send(Buffer.alloc(250));
    expect(room).toEqual({ freeBytes: 0 });
    for (let i = 0; i < 2; i++) refused.send(Buffer.alloc(1));
    expect(refused.got).toEqual([undefined]);
    // What comes at once waits for nothing, and takes no room.
    whole.send(Buffer.alloc(2000));
    whole.end();
    expect(whole.got).toHaveLength(1);
    read.end();
    left.leave();
    expect(room).toEqual({ freeBytes: 1000 });
    for (const { end } of [refused, read]) end();
    expect(room).toEqual({ freeBytes: 1000 });
  });
});
