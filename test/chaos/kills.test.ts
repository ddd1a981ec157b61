import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { killAll, tempFolder } from '../support/processes.js';
import { CHAOS_MINE, chaosGenesis, launch, mustOpen, type OpenNode, REOPEN_MS } from './support/chaos-node.js';
import { runLoad, type Seen } from './support/load.js';
import { drawMoment, KILLS, type Moment, randomOf, SEED } from './support/plan.js';
import { report } from './support/report.js';
import { type Verified, verifiedGenesis, verifyUpTo } from './support/verify.js';

vi.setConfig({ testTimeout: 60_000 + KILLS * 30_000 });
beforeAll(async () => {
  await selectCrypto();
});
afterAll(killAll);

const datadir = tempFolder();
const genesis = chaosGenesis();
const open = () => launch(datadir, genesis, CHAOS_MINE);

/** Loads `node` until its moment has come, kills it, and returns when it is dead. */
async function killAt(node: OpenNode, moment: Exclude<Moment, { kind: 'start' }>, seen: Seen): Promise<void> {
  let due: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    due = resolve;
  });
  const load = runLoad(node, seen, (turn) => {
    if (moment.kind === 'load' ? turn >= moment.turns : node.mined() >= moment.blocks) due();
  });
  await reached;
  await delay(moment.delayMs);
  node.process.kill('SIGKILL');
  expect((await node.process.exit).signal).toBe('SIGKILL');
  await load;
}

it(`opens by itself after each of ${KILLS} kills under load (CHAOS_SEED=${SEED})`, async () => {
  const worst = { reopenMs: 0, blocksBack: 0, duringStart: 0 };
  const seen: Seen = { heads: new Map(), head: 0 };
  let verified: Verified | undefined;
  let reopened = 0;
  let node = await mustOpen(open());
  const identity = node.enode;
  verified = await verifiedGenesis(node.url);
  try {
    for (let round = 1; round <= KILLS; round++) {
      const moment = drawMoment(randomOf('kill', round));
      const what = `seed ${SEED}, round ${round}, ${JSON.stringify(moment)}`;
      if (moment.kind === 'start') {
        worst.duringStart++;
        node.process.kill('SIGKILL');
        await node.process.exit;
        const starting = open();
        await delay(moment.delayMs);
        starting.kill('SIGKILL');
        expect((await starting.exit).signal, what).toBe('SIGKILL');
      } else {
        await killAt(node, moment, seen);
      }
      node = await mustOpen(open());
      worst.reopenMs = Math.max(worst.reopenMs, node.readyMs);
      expect(node.readyMs, what).toBeLessThan(REOPEN_MS);
      expect(node.enode, what).toBe(identity);
      const { number, hash } = node.head;
      worst.blocksBack = Math.max(worst.blocksBack, seen.head - number);
      expect(number, what).toBeGreaterThanOrEqual(seen.head - 1);
      expect(seen.heads.get(number) ?? hash, what).toBe(hash);
      // What it lost with the kill it may mine anew, with other hashes.
      for (const lost of seen.heads.keys()) if (lost > number) seen.heads.delete(lost);
      expect(verified.number, what).toBeLessThanOrEqual(number);
      await verifyUpTo(node.url, number, verified);
      expect(seen.heads.get(number) ?? verified.hash, what).toBe(verified.hash);
      seen.heads.set(number, hash);
      seen.head = number;
      reopened++;
    }
    node.process.kill('SIGTERM');
    expect((await node.process.exit).code).toBe(0);
    expect(verified.number).toBeGreaterThan(KILLS / 4);
  } finally {
    report('kills', {
      seed: SEED,
      rounds: KILLS,
      reopened,
      'killed while opening': worst.duringStart,
      'worst reopen ms': worst.reopenMs,
      'most blocks back': worst.blocksBack,
      'blocks verified': verified.number,
      'transactions verified': [...verified.sent.values()].reduce((sum, count) => sum + count, 0),
    });
  }
});
