import { describe, expect, it } from 'vitest';
import { oneChain } from '../../../src/sim/observe/one-chain.js';
import { runScenario } from '../../../src/sim/run-scenario.js';
import { resultOf, type Scenario, worldOptions } from '../../../src/sim/scenario.js';
import { togetherScenario } from '../../../src/sim/scenarios/together.js';
import { simGenesis } from '../../../src/sim/sim-genesis.js';
import { createWorld } from '../../../src/sim/world.js';

const GENESIS = simGenesis([], 2);

interface Options {
  readonly failure?: string;
  /** It must be on one chain from the moment "apart" on. */
  readonly strict?: boolean;
  readonly moment?: string;
}

/** A part of two miners that never meet: they are not on one chain. */
const part = (name: string, options: Options): Scenario => ({
  name,
  summary: '',
  defaults: { nodes: 2, fidelity: 'scale' },
  small: { exact: { nodes: 2, settings: { ms: 1 } }, scale: { nodes: 2, settings: { ms: 60_000 } } },
  invariants: () => (options.strict ? [oneChain({ from: 'apart', depth: 0 })] : []),
  run(run) {
    const links = { latency: { kind: 'constant', ms: 10 }, datagramLoss: 0 } as const;
    const world = createWorld({ ...worldOptions(run), genesis: GENESIS, links });
    for (let i = 0; i < run.nodes; i++) world.addNode({ bootnodes: [], hashrate: 65_536 }).start();
    world.moment(options.moment ?? 'apart');
    world.run(run.settings?.ms ?? 0);
    return resultOf(name, run, world, options.failure === undefined ? [] : [options.failure], {});
  },
});

const run = (...parts: Scenario[]) =>
  runScenario(togetherScenario('all', '', parts), { seed: '1', nodes: 2, fidelity: 'scale' }).result;

describe('a scenario of several', () => {
  it('runs each with its small settings and adds them up', () => {
    const whole = run(part('a', {}), part('b', {}));
    expect(whole).toMatchObject({ name: 'all', pass: true, virtualMs: 120_000, nodeSeconds: 240 });
    expect(whole.metrics).toEqual({ parts: 2, passed: 2, aMs: 60_000, bMs: 60_000 });
  });

  it('fails with the part that fails, by name', () => {
    expect(run(part('a', {}), part('b', { failure: 'no luck' }))).toMatchObject({
      pass: false,
      failures: ['b: no luck'],
      metrics: { parts: 2, passed: 1 },
    });
  });

  it("watches a part's invariants in that part alone, from its own moments on", () => {
    expect(run(part('loose', {}), part('strict', { strict: true })).failures).toEqual([
      expect.stringMatching(/^one-chain is violated after 6\d\.\d+ s/),
    ]);
    expect(run(part('loose', {}), part('silent', { strict: true, moment: 'other' })).pass).toBe(true);
  });
});
