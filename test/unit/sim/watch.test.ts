import { describe, expect, it } from 'vitest';
import { invariant } from '../../../src/base/invariant.js';
import type { Invariant } from '../../../src/sim/observe/invariant.js';
import { noBans } from '../../../src/sim/observe/no-bans.js';
import { oneChain } from '../../../src/sim/observe/one-chain.js';
import { createRecorder } from '../../../src/sim/observe/recorder.js';
import { ALWAYS, watchRun } from '../../../src/sim/observe/watch-run.js';
import { runScenario } from '../../../src/sim/run-scenario.js';
import { resultOf, type Scenario, worldOptions } from '../../../src/sim/scenario.js';
import { simGenesis } from '../../../src/sim/sim-genesis.js';
import { alsoTelling, type Watch } from '../../../src/sim/watch.js';
import { createWorld, type World } from '../../../src/sim/world.js';

const REQUEST = { seed: 'watch', nodes: 4, fidelity: 'scale' } as const;
const LINKS = { latency: { kind: 'constant', ms: 20 }, datagramLoss: 0 } as const;

/** Four nodes, of which one mines, and a twist at 20 s. */
function story(twist: (world: World) => void, invariants: readonly Invariant[] = []): Scenario {
  return {
    ...{ name: 'story', summary: 'a story', defaults: { nodes: 4, fidelity: 'scale' }, invariants: () => invariants },
    small: { exact: { nodes: 4 }, scale: { nodes: 4 } },
    run(options) {
      const world = createWorld({ ...worldOptions(options), genesis: simGenesis([], 2), links: LINKS });
      for (let i = 0; i < options.nodes; i++) {
        world.addNode({ bootnodes: world.nodes.slice(0, 1), hashrate: i === 0 ? 65_536 : 0 }).start();
      }
      world.run(20_000);
      world.moment('twist');
      twist(world);
      world.run(20_000);
      return resultOf('story', options, world, [], { height: world.nodes[1]?.rooms().chain.head().header.number ?? 0 });
    },
  };
}

const [first, second] = [0, 1].map((index) => (world: World) => world.nodes[index]);

describe('alsoTelling', () => {
  it('hands on all that its watch does, and tells one more', () => {
    const heard: string[] = [];
    const watch: Watch = {
      begin: () => heard.push('begin'),
      onEvent: (node) => heard.push(`event of ${node}`),
      onChannel: (node) => void heard.push(`channel of ${node}`),
      onMoment: (name) => heard.push(name),
      nextLookMs: () => 7,
      look: () => heard.push('look'),
    };
    const telling = alsoTelling(watch, (node) => heard.push(`also ${node}`));
    telling.onEvent('n1', { kind: 'sync', syncing: false }, 1);
    telling.onChannel?.('n2');
    telling.onMoment('split');
    telling.look();
    expect(heard).toEqual(['also n1', 'event of n1', 'channel of n2', 'split', 'look']);
    expect(telling.nextLookMs()).toBe(7);
    expect(alsoTelling(undefined, () => undefined).nextLookMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a watch', () => {
  it('changes nothing', () => {
    const scenario = story(() => {});
    const bare = scenario.run(REQUEST);
    expect(bare.metrics.height).toBeGreaterThan(3);
    expect(runScenario(scenario, REQUEST)).toEqual({ result: bare, ending: { kind: 'finished' } });
    expect(runScenario(scenario, { ...REQUEST, recorder: createRecorder(4) }).result).toEqual(bare);
  });

  it('lets a run end early, at the same point of the same story', () => {
    const scenario = story(() => {});
    const [a, b] = [1, 2].map(() => runScenario(scenario, { ...REQUEST, untilMs: 12_345 }));
    expect(a).toEqual(b);
    expect(a).toMatchObject({ ending: { kind: 'cut', atMs: 12_345 }, result: { pass: true, virtualMs: 12_345 } });
    expect(runScenario(scenario, { ...REQUEST, untilMs: 100_000 }).ending).toEqual({ kind: 'finished' });
  });

  it.each([1_000.2, 1_001])('comes to its end at a whole ms, told to end at %d', (untilMs) => {
    const world = createWorld({ seed: '1', fidelity: 'scale', genesis: simGenesis([], 2), links: LINKS });
    // Told of by hand, since a watch that always wants to look now is one that the world never leaves.
    const watch = watchRun({ invariants: [], everyMs: 60_000, untilMs });
    world.run(1_000.2);
    watch.begin(world);
    watch.look();
    expect(watch.nextLookMs() - world.nowMs()).toBeGreaterThan(0.5);
    world.run(watch.nextLookMs() - world.nowMs());
    expect(world.elapsedMs()).toBe(1_001);
    expect(() => watch.look()).toThrow('cut');
  });

  it('tells how far the run is', () => {
    const times: number[] = [];
    runScenario(
      story(() => {}),
      { ...REQUEST, onProgress: (atMs) => times.push(atMs) },
    );
    expect(times.length).toBeGreaterThanOrEqual(40_000 / 250);
    expect(times).toEqual([...times].sort((x, y) => x - y));
  });

  it.each([
    {
      name: 'a ban among honest nodes',
      twist: (world: World) => {
        const banned = first?.(world)?.identity.nodeId ?? '';
        second?.(world)?.execute(({ swarm }, nowMs) => swarm.ban(nowMs, banned));
      },
      invariants: [],
      broken: noBans.name,
      detail: 'n1 banned n0: by hand',
    },
    {
      name: 'two chains',
      twist: (world: World) => world.partition([world.nodes.slice(0, 2), world.nodes.slice(2)]),
      invariants: [oneChain({ from: 'twist', depth: 2 })],
      broken: 'one-chain',
      detail: '2 below the highest head: n0 has 0x',
    },
  ])('ends a run at $name', ({ twist, invariants, broken, detail }) => {
    const { result, ending } = runScenario(story(twist, invariants), REQUEST);
    expect(ending).toMatchObject({ kind: 'violation', invariant: broken });
    expect(result.pass).toBe(false);
    expect(result.virtualMs).toBeLessThan(40_000);
    expect(result.failures[0]).toContain(`of seed watch with 4 nodes: `);
    expect(result.failures[0]).toContain(`${result.events} events`);
    expect(result.failures[0]).toContain(detail);
  });

  it('forgives what an invariant does not ask: before its moment, after its end, in its depth', () => {
    const split = (world: World) => world.partition([world.nodes.slice(0, 2), world.nodes.slice(2)]);
    const rules = [
      oneChain({ from: 'never', depth: 0 }),
      oneChain({ from: 'twist', until: 'twist', depth: 0 }),
      oneChain({ from: 'twist', depth: 1_000 }),
    ];
    expect(runScenario(story(split, rules), REQUEST).ending).toEqual({ kind: 'finished' });
  });

  it.each([
    {
      name: 'of the scenario',
      twist: () => {
        throw new Error('a mistake');
      },
      atMs: 20_000,
    },
    {
      name: 'of a node, in an event',
      twist: (world: World) => world.after(1_234, () => first?.(world)?.execute(() => invariant(false, 'a mistake'))),
      atMs: 21_234,
    },
  ])('fails a run with the mistake $name: with its time, its events and its stack', ({ twist, atMs }) => {
    const { result, ending } = runScenario(story(twist), REQUEST);
    const { events } = result;
    expect(ending).toEqual({
      kind: 'crash',
      message: 'a mistake',
      stack: expect.stringContaining('.ts'),
      atMs,
      events,
    });
    expect(result).toMatchObject({ pass: false, virtualMs: atMs, metrics: {} });
    expect(result.failures).toEqual([
      `it crashed after ${(atMs / 1000).toFixed(3)} s and ${events} events of seed watch with 4 nodes: a mistake`,
    ]);
    // The prefix that `sim shrink` finds shows it, and none before does.
    expect(runScenario(story(twist), { ...REQUEST, untilMs: atMs + 1 }).result).toEqual(result);
    expect(runScenario(story(twist), { ...REQUEST, untilMs: atMs - 1 }).ending.kind).toBe('cut');
  });

  it('fails a run whose mistake came before any world', () => {
    const broken: Scenario = {
      ...story(() => {}),
      run() {
        // Not everything that is thrown is an error.
        throw 'no world';
      },
    };
    expect(runScenario(broken, REQUEST)).toMatchObject({
      ending: { kind: 'crash', message: 'no world', stack: undefined, atMs: 0, events: 0 },
      result: { pass: false, failures: ['it crashed after 0.000 s and 0 events of seed watch with 4 nodes: no world'] },
    });
  });

  it('has a name and a sentence for each invariant', () => {
    for (const { name, summary } of ALWAYS) expect(`${name}: ${summary}`).toMatch(/^[a-z-]+: \S.{10,}$/);
  });
});
