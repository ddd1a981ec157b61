import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { eventually } from '../support/eventually.js';
import { killAll, tempFolder } from '../support/processes.js';
import { CHAOS_MINE, chaosGenesis, launch, mustOpen, opened, REOPEN_MS } from './support/chaos-node.js';
import { runLoad, type Seen } from './support/load.js';
import { FULL_VOLUMES, randomOf, SEED } from './support/plan.js';
import { report } from './support/report.js';
import { verifiedGenesis, verifyUpTo } from './support/verify.js';

vi.setConfig({ testTimeout: 60_000 + FULL_VOLUMES * 60_000 });
beforeAll(async () => {
  await selectCrypto();
});
afterAll(killAll);

const VOLUME_MIB = 96;

/** A small volume of its own; undefined where this user may not mount one. */
function smallVolume(): string | undefined {
  const path = join(tempFolder(), 'volume');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${VOLUME_MIB}m`, 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return undefined;
  }
}

/** Writes `path` until nothing more fits, then gives `slack` bytes back. */
function fill(path: string, slack: number): void {
  const file = openSync(path, 'w');
  const zeros = new Uint8Array(64 * 1024);
  let size = 0;
  try {
    for (let length = zeros.length; length > 0; ) {
      try {
        size += writeSync(file, zeros, 0, length);
      } catch {
        length >>= 1;
      }
    }
    ftruncateSync(file, Math.max(0, size - slack));
  } finally {
    closeSync(file);
  }
}

it(`goes on after each of ${FULL_VOLUMES} times that its volume is full (CHAOS_SEED=${SEED})`, async ({ skip }) => {
  const volume = smallVolume();
  if (volume === undefined) return skip('this user may not mount a tmpfs');
  const datadir = join(volume, 'datadir');
  const filler = join(volume, 'filler');
  const env = { GRAPEVINE_LEAST_FREE_BYTES: '0' };
  const genesis = chaosGenesis();
  const open = () => launch(datadir, genesis, CHAOS_MINE, env);
  const seen: Seen = { heads: new Map(), head: 0 };
  const worst = { reopenMs: 0, blocksBack: 0, refusedWhileFull: 0 };
  let reopened = 0;
  try {
    let node = await mustOpen(open());
    const identity = node.enode;
    const verified = await verifiedGenesis(node.url);
    for (let round = 1; round <= FULL_VOLUMES; round++) {
      const random = randomOf('full', round);
      const plan = { delayMs: random.below(400), slack: random.below(4) * random.below(50_000) };
      const what = `seed ${SEED}, round ${round}, ${JSON.stringify(plan)}`;
      const load = runLoad(node, seen, () => undefined);
      const mining = node;
      await eventually('it mines', () => mining.mined() > 0);
      await delay(plan.delayMs);
      fill(filler, plan.slack);
      const exit = await node.process.exit;
      await load;
      expect(exit.stderr, what).toContain('Fix: free space');
      expect(exit.code, what).toBe(7);

      // A start on the full volume changes nothing, whatever it comes to.
      const early = await opened(open());
      if ('process' in early) {
        early.process.kill('SIGKILL');
        await early.process.exit;
      } else {
        worst.refusedWhileFull++;
        expect(early.code, `${what}: ${early.stderr}`).toBe(7);
        expect(early.stderr, what).not.toMatch(/\n {4}at /);
      }

      rmSync(filler);
      node = await mustOpen(open());
      expect(node.readyMs, what).toBeLessThan(REOPEN_MS);
      expect(node.enode, what).toBe(identity);
      const { number, hash } = node.head;
      worst.reopenMs = Math.max(worst.reopenMs, node.readyMs);
      worst.blocksBack = Math.max(worst.blocksBack, seen.head - number);
      expect(number, what).toBeGreaterThanOrEqual(seen.head - 1);
      expect(seen.heads.get(number) ?? hash, what).toBe(hash);
      for (const lost of seen.heads.keys()) if (lost > number) seen.heads.delete(lost);
      await verifyUpTo(node.url, number, verified);
      seen.head = number;
      reopened++;
    }
    node.process.kill('SIGTERM');
    expect((await node.process.exit).code).toBe(0);
  } finally {
    report('full volumes', {
      seed: SEED,
      rounds: FULL_VOLUMES,
      reopened,
      'refused while full': worst.refusedWhileFull,
      'worst reopen ms': worst.reopenMs,
      'most blocks back': worst.blocksBack,
    });
    execFileSync('umount', ['-l', volume], { stdio: 'ignore' });
  }
});
