import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFlyingDatagrams, type FlyingDatagram } from '../../../../src/sim/network/flying-datagrams.js';

describe('datagrams under way', () => {
  it('arrive as they were sent, in any order, whatever becomes of the others', () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.record({ send: fc.integer({ min: 0, max: 20_000 }) }) },
      { weight: 2, arbitrary: fc.record({ land: fc.nat(), lost: fc.boolean() }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const datagrams = createFlyingDatagrams();
        const sky: { readonly datagram: FlyingDatagram; readonly fill: number; readonly length: number }[] = [];
        let sent = 0;
        const land = (at: number, lost: boolean): void => {
          const [flying] = sky.splice(at % Math.max(1, sky.length), 1);
          if (flying === undefined) return;
          if (lost) datagrams.lose(flying.datagram);
          else expect(datagrams.deliver(flying.datagram)).toEqual(new Uint8Array(flying.length).fill(flying.fill));
        };
        for (const one of actions) {
          if ('land' in one) {
            land(one.land, one.lost);
            continue;
          }
          const fill = ++sent % 251;
          const bytes = new Uint8Array(one.send).fill(fill);
          sky.push({ datagram: datagrams.fly(bytes), fill, length: one.send });
          // The sender may use its memory for something else.
          bytes.fill(255);
        }
        while (sky.length > 0) land(0, false);
      }),
    );
  });

  it('belong to their receiver, who may keep them', () => {
    const datagrams = createFlyingDatagrams();
    const first = datagrams.deliver(datagrams.fly(Uint8Array.of(1, 2, 3)));
    for (let i = 0; i < 100; i++) datagrams.lose(datagrams.fly(new Uint8Array(1_280).fill(i)));
    expect([...first]).toEqual([1, 2, 3]);
  });

  it('leave their memory to those that follow', () => {
    const datagrams = createFlyingDatagrams();
    const memory = new Set<ArrayBufferLike>();
    for (let round = 0; round < 50; round++) {
      const sky = Array.from({ length: 200 }, () => datagrams.fly(new Uint8Array(1_000)));
      for (const datagram of sky) {
        memory.add(datagram.chunk.bytes.buffer);
        datagrams.lose(datagram);
      }
    }
    // 200 kB are under way at once, in pieces of 64 KiB.
    expect(memory.size).toBeLessThanOrEqual(5);
  });
});
