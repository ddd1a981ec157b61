import { BaseSequencer, type TestSequencer, type TestSpecification, type Vitest } from 'vitest/node';

/** Files that take longest, in that order: begun last, one of them would keep a single worker busy at the end. */
export const SLOW_FILES: readonly string[] = [
  'test/sim/exact.test.ts',
  'test/sim/scale.test.ts',
  'test/sim/fresh-seed.test.ts',
  'test/interop/foreign-node.test.ts',
  'test/interop/devp2p-wrong-peers.test.ts',
  'test/interop/devnet.test.ts',
  'test/interop/sync.test.ts',
  'test/interop/failures.test.ts',
  'test/interop/database.test.ts',
  'test/interop/transfers.test.ts',
  'test/interop/commands.test.ts',
  'test/chaos/kills.test.ts',
  'test/interop/devp2p-eth.test.ts',
  'test/chaos/flips.test.ts',
  'test/interop/proofs.test.ts',
];

/** Those that are not listed share the last place. */
function placeOf(moduleId: string): number {
  const place = SLOW_FILES.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? SLOW_FILES.length : place;
}

/** Begins with the slowest files, then goes on as vitest would. A checkout without a cache knows their size, not their time. */
export class SlowFirst implements TestSequencer {
  private readonly base: BaseSequencer;

  constructor(vitest: Vitest) {
    this.base = new BaseSequencer(vitest);
  }

  shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    return this.base.shard(files);
  }

  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await this.base.sort(files);
    return sorted.toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId));
  }
}
