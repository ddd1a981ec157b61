import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../../src/base/heap.js';

describe('Heap', () => {
  it('gives items in order, whatever the order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        const heap = new Heap<number>((a, b) => a < b);
        for (const value of values) heap.push(value);
        expect(heap.size).toBe(values.length);
        const out: number[] = [];
        for (let top = heap.pop(); top !== undefined; top = heap.pop()) out.push(top);
        expect(out).toEqual(values.toSorted((a, b) => a - b));
      }),
    );
  });

  it('keeps the least item on top while items come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
        const heap = new Heap<number>((a, b) => a < b);
        const model: number[] = [];
        for (const step of steps) {
          if (step === undefined) expect(heap.pop()).toBe(model.shift());
          else {
            heap.push(step);
            model.push(step);
            model.sort((a, b) => a - b);
          }
          expect(heap.peek()).toBe(model[0]);
          expect(heap.size).toBe(model.length);
        }
      }),
    );
  });
});
