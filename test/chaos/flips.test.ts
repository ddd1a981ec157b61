import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import type { Random } from '../../src/ports/random.js';
import { account, extend, stranger, testChain, transfer } from '../support/chain-builder.js';
import { grapevine, killAll, tempFolder } from '../support/processes.js';
import { postRpc } from '../support/rpc-call.js';
import { testGenesisFile } from '../support/test-genesis-file.js';
import { launch, mustOpen, type OpenNode, opened } from './support/chaos-node.js';
import { DAMAGES, randomOf, SEED } from './support/plan.js';
import { report } from './support/report.js';

vi.setConfig({ testTimeout: 60_000 + DAMAGES * 30_000, hookTimeout: 120_000 });
afterAll(killAll);

const BLOCKS = 120;
const ACCOUNTS = 4;
const genesis = testGenesisFile();
const whole = tempFolder();
/** Everything that is asked of a damaged node. */
const questions: [string, ...unknown[]][] = [];
/** What the node answered before the damage. */
let truth: readonly string[];
let headHash = '';

/** The answers to all questions as text; undefined where the node says that it has none. */
async function ask(node: OpenNode): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  for (let from = 0; from < questions.length; from += 100) {
    const calls = questions.slice(from, from + 100);
    const body = calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }));
    const { answer } = await postRpc(node.url, JSON.stringify(body));
    for (const { result } of answer as { result?: unknown }[]) {
      answers.push(result === undefined || result === null ? undefined : JSON.stringify(result));
    }
  }
  return answers;
}

beforeAll(async () => {
  await selectCrypto();
  const chain = testChain();
  const blocks = extend(chain, BLOCKS, (index) => ({
    transactions: [0, 1, 2].map((n) => transfer({ nonce: BigInt(3 * index + n), to: stranger(index % 16) })),
  }));
  headHash = chain.head().hash;
  const file = join(tempFolder(), 'chain.rlp');
  writeFileSync(file, Buffer.concat(blocks.map(({ raw }) => raw)));
  const imported = await grapevine(['import', file, '--datadir', whole, '--genesis', genesis, '--fakepow']);
  expect(imported.code, imported.stderr).toBe(0);
  for (const [index, block] of blocks.entries()) {
    const number = `0x${(index + 1).toString(16)}`;
    questions.push(['debug_getRawBlock', number], ['eth_getBlockByNumber', number, true]);
    questions.push(['debug_getRawReceipts', number], ['eth_getBlockByHash', block.hash, false]);
    for (const tx of block.transactions) questions.push(['eth_getTransactionReceipt', tx.hash]);
    if (index % 10 === 9) {
      for (let n = 0; n < ACCOUNTS; n++) questions.push(['eth_getProof', account(n), [], number]);
      for (let n = 0; n < 16; n++) questions.push(['eth_getBalance', stranger(n), number]);
    }
  }
  // The first start moves the log of the import into a table.
  const node = await mustOpen(launch(whole, genesis, ['--fakepow']));
  truth = (await ask(node)).map((answer) => answer ?? '');
  expect(truth).not.toContain('');
  node.process.kill('SIGTERM');
  expect((await node.process.exit).code).toBe(0);
});

/** Flips bits of one seeded file of the database, and says which. */
function damage(folder: string, random: Random): string {
  // Tables hold most; the rest is small but leads to them.
  const kinds = [/\.ldb$|\.sst$/, /\.ldb$|\.sst$/, /\.log$/, /^MANIFEST/, /^CURRENT$/];
  const kind = kinds[random.below(kinds.length)] ?? /./;
  const files = readdirSync(folder).filter((name) => kind.test(name) && readFileSync(join(folder, name)).length > 0);
  const name = files[random.below(Math.max(1, files.length))] ?? 'CURRENT';
  const bytes = readFileSync(join(folder, name));
  const flips = 1 + random.below(name.endsWith('.ldb') ? 200 : 4);
  for (let flip = 0; flip < flips; flip++) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  writeFileSync(join(folder, name), bytes);
  return `${flips} flips in ${name}`;
}

it(`serves nothing wrong from any of ${DAMAGES} damaged databases (CHAOS_SEED=${SEED})`, async () => {
  const outcome = { refused: 0, served: 0, 'with holes': 0, 'head lost': 0, wrong: 0 };
  try {
    for (let round = 1; round <= DAMAGES; round++) {
      const datadir = tempFolder();
      cpSync(whole, datadir, { recursive: true });
      const what = `seed ${SEED}, round ${round}: ${damage(join(datadir, 'chain'), randomOf('flips', round))}`;
      const node = await opened(launch(datadir, genesis, ['--fakepow']));
      if (!('process' in node)) {
        outcome.refused++;
        expect(node.stderr, what).not.toMatch(/\n {4}at /);
        expect(node.code, `${what}: ${node.stderr}`).toBe(6);
        continue;
      }
      outcome.served++;
      if (node.head.hash !== headHash) outcome['head lost']++;
      const answers = await ask(node).catch(async (cause) => {
        const exit = await node.process.exit;
        throw new Error(`${what}: ended with ${exit.code ?? exit.signal}: ${exit.stderr}`, { cause });
      });
      if (answers.includes(undefined)) outcome['with holes']++;
      const wrong = answers.flatMap((answer, at) => (answer === undefined || answer === truth[at] ? [] : [at]));
      if (wrong.length > 0) outcome.wrong++;
      expect(
        wrong.map((at) => [questions[at], answers[at], truth[at]]),
        what,
      ).toEqual([]);
      node.process.kill('SIGTERM');
      const exit = await node.process.exit;
      expect(exit.stderr, what).not.toMatch(/\n {4}at /);
      expect(exit.code, what).toBe(0);
    }
  } finally {
    report('damaged databases', { seed: SEED, rounds: DAMAGES, ...outcome });
  }
});
