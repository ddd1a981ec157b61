import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamBuffer } from '../../../src/wire/stream-buffer.js';

describe('stream buffer', () => {
  it('gives the same runs however the stream is cut', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lengths, cuts, (runs, pieces) => {
        const total = runs.reduce((sum, length) => sum + length, 0);
        const stream = Uint8Array.from({ length: total }, (_, i) => i & 0xff);
        const buffer = new StreamBuffer();
        const got: number[] = [];
        let run = 0;
        for (let at = 0, i = 0; at < total; i++) {
          const piece = stream.subarray(at, at + (pieces[i % pieces.length] as number));
          at += piece.length;
          buffer.push(piece);
          for (let taken: Uint8Array | undefined; run < runs.length; run++) {
            taken = buffer.take(runs[run] as number);
            if (taken === undefined) break;
            expect(taken).toHaveLength(runs[run] as number);
            got.push(...taken);
          }
        }
        expect(got).toEqual([...stream]);
      }),
    );
  });

  it('never gives the end of one piece before it has come', () => {
    const buffer = new StreamBuffer();
    buffer.push(Uint8Array.of(1, 2));
    expect(buffer.take(3)).toBeUndefined();
    expect(buffer.take(3)).toBeUndefined();
    buffer.push(Uint8Array.of(3, 4));
    expect([...(buffer.take(3) ?? [])]).toEqual([1, 2, 3]);
    expect([...(buffer.take(1) ?? [])]).toEqual([4]);
  });
});
