import { describe, expect, it } from 'vitest';
import { beginChurn } from '../../../../src/sim/population/churn.js';
import { createScheduler } from '../../../../src/sim/scheduler.js';
import { seededRandom } from '../../../../src/sim/seeded-random.js';
import { watchHeadLag } from '../../../../src/sim/survey/head-lag.js';
import type { World } from '../../../../src/sim/world.js';

const HOUR_MS = 3_600_000;

/** Nodes that do nothing but run or not, in virtual time. */
function emptyWorld(count: number) {
  const scheduler = createScheduler(0);
  const nodes = Array.from({ length: count }, (_, i) => {
    let lives = 1;
    let running = true;
    const end = (): void => {
      running = false;
    };
    const start = (): void => {
      running = true;
      lives++;
    };
    return { name: `n${i}`, running: () => running, lives: () => lives, start, stop: end, kill: end, unplug: end };
  });
  const world = {
    nodes,
    after: (ms: number, act: () => void) => scheduler.at(scheduler.nowMs() + ms, act),
    run(ms: number) {
      const untilMs = scheduler.nowMs() + ms;
      while (scheduler.step(untilMs));
      scheduler.advanceTo(untilMs);
    },
  };
  return world as unknown as World;
}

describe('beginChurn', () => {
  it('a network is as old at the beginning as in the end: as many sessions end in each hour, and as many nodes are away', () => {
    const world = emptyWorld(300);
    const churn = beginChurn(world, world.nodes, { endsPerHour: 1, offMedianMs: 240_000 }, seededRandom('churn'));
    // Pauses are 740 s long on average, sessions an hour: a sixth of the nodes is away, and 250 sessions end in an hour.
    for (let hour = 0; hour < 4; hour++) {
      const before = churn.ended();
      const away = world.nodes.filter((node) => !node.running()).length;
      expect(away).toBeGreaterThan(25);
      expect(away).toBeLessThan(80);
      world.run(HOUR_MS);
      expect(churn.ended() - before).toBeGreaterThan(190);
      expect(churn.ended() - before).toBeLessThan(320);
    }
    // The tail: who was there from the beginning to the end lived longer than four mean sessions.
    expect(world.nodes.filter((node) => node.lives() === 1 && node.running()).length).toBeGreaterThan(10);
    churn.end();
    world.run(48 * HOUR_MS);
    expect(world.nodes.filter((node) => !node.running()).length).toBeLessThan(3);
  });
});

describe('watchHeadLag', () => {
  it('counts a node when it has caught up once, or should have', () => {
    const heads = [10, 10, 0];
    let nowMs = 0;
    const node = (index: number) => ({
      running: () => true,
      lives: () => 1,
      rooms: () => ({ chain: { head: () => ({ header: { number: heads[index] } }) } }),
    });
    const world = { nodes: [node(0), node(1), node(2)], nowMs: () => nowMs } as unknown as World;
    const lag = watchHeadLag(world, 60_000);
    expect(lag.percentile(0.99)).toBe(0);
    lag.look();
    expect(lag.percentile(1)).toBe(0);
    nowMs = 60_000;
    lag.look();
    expect([lag.percentile(0.5), lag.percentile(1)]).toEqual([0, 10]);
    heads[1] = 8;
    lag.look();
    expect([lag.percentile(0.75), lag.percentile(0.875), lag.percentile(1)]).toEqual([2, 10, 10]);
  });
});
