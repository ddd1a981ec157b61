import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { followScenario } from './follow.js';
import { runSmall } from './small-runs.js';

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
/** Code without what a formatter changes when it is moved. */
const bare = (code: string): string => code.replace(/\s+/g, '').replace(/,(?=[)\]}])/g, '');
/** Where the code in the page comes from, as it would stand in `src/sim/scenarios`. */
const SOURCES = ['src/sim/adversary/besieger.ts', 'src/sim/scenarios/slot-siege.ts', 'test/sim/follow.ts'];

describe('docs/simulator.md', () => {
  beforeAll(async () => {
    await selectCrypto();
  });

  it('shows code that is compiled and run', () => {
    const sources = SOURCES.map((path) => bare(textOf(path).replaceAll("'../../src/sim/", "'../")));
    const blocks = [...textOf('docs/simulator.md').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
    expect(blocks.length).toBeGreaterThanOrEqual(SOURCES.length);
    expect(blocks.filter((code) => !sources.some((source) => source.includes(bare(code))))).toEqual([]);
  });

  it.each(['exact', 'scale'] as const)('has a scenario in ten lines that passes (%s)', (fidelity) => {
    expect(runSmall(followScenario, fidelity, 'ci').metrics.waitedMs).toBeGreaterThan(0);
  });
});
