import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/sim/event-queue.js';

describe('EventQueue', () => {
  it('gives what it is given by time, and of one time in order, however adding and taking mix', () => {
    const step = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('take' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new EventQueue();
        const model: { atMs: number; name: number }[] = [];
        let taken = -1;
        let next = 0;
        for (const one of steps) {
          if (one === 'take') {
            const first = [...model].sort((a, b) => a.atMs - b.atMs || a.name - b.name)[0];
            expect(queue.firstAtMs()).toBe(first?.atMs ?? Number.POSITIVE_INFINITY);
            queue.take()?.();
            if (first === undefined) continue;
            expect(taken).toBe(first.name);
            model.splice(model.indexOf(first), 1);
          } else {
            const name = next++;
            model.push({ atMs: one, name });
            queue.add(one, () => {
              taken = name;
            });
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });
});
