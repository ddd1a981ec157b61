import type { Invariant, Look } from '../observe/invariant.js';
import {
  extentOfAll,
  leastNodesOf,
  resultOf,
  type Scenario,
  type ScenarioOptions,
  type ScenarioResult,
} from '../scenario.js';
import type { Watch } from '../watch.js';

/** The moment that every world of the part `name` begins with. */
const beginning = (name: string): string => `${name}: begins`;

/** Tells the watch which part a world belongs to, and its moments apart from those of other parts. */
function watchOf(part: Scenario, watch: Watch): Watch {
  return {
    ...watch,
    begin(world) {
      watch.begin(world);
      watch.onMoment(beginning(part.name));
    },
    onMoment: (moment) => watch.onMoment(`${part.name}: ${moment}`),
  };
}

/** The invariant of a part, which sees the worlds of that part alone, with their moments as the part names them. */
function invariantOf(part: Scenario, invariant: Invariant): Invariant {
  const prefix = `${part.name}: `;
  const seen = (look: Look): Look => ({
    ...look,
    moments: new Map(
      [...look.moments].flatMap(([name, atMs]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), atMs] as const] : [],
      ),
    ),
  });
  return {
    ...invariant,
    summary: `${prefix}${invariant.summary}`,
    begin() {
      const checker = invariant.begin();
      return {
        ...checker,
        check: (look) => (look.moments.has(beginning(part.name)) ? checker.check(seen(look)) : undefined),
      };
    },
  };
}

function runPart(part: Scenario, { watch, ...options }: ScenarioOptions): ScenarioResult {
  const { settings } = part.small[options.fidelity];
  return part.run({ ...options, settings, watch: watch && watchOf(part, watch) });
}

/** A scenario whose story is all of `parts`, one after the other, each at its small settings. It passes if all of them do. */
export function togetherScenario(name: string, summary: string, parts: readonly Scenario[]): Scenario {
  return {
    name,
    summary,
    defaults: { nodes: 20, fidelity: 'exact' },
    small: { exact: { nodes: 8 }, scale: { nodes: 20 } },
    leastNodes: Math.max(...parts.map(leastNodesOf)),
    invariants: () =>
      parts.flatMap((part) =>
        (part.invariants?.(part.small.exact.settings) ?? []).map((invariant) => invariantOf(part, invariant)),
      ),
    run(options) {
      const results = parts.map((part) => runPart(part, options));
      const failures = results.flatMap((result) => result.failures.map((failure) => `${result.name}: ${failure}`));
      return resultOf(name, options, extentOfAll(results), failures, {
        parts: parts.length,
        passed: results.filter(({ pass }) => pass).length,
        ...Object.fromEntries(results.map((result) => [`${result.name}Ms`, result.virtualMs])),
      });
    },
  };
}
