import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBlockFile } from '../../cmd/grapevine/import/block-file.js';
import { importBlocks } from '../../cmd/grapevine/import/import-blocks.js';
import { readGenesisFile } from '../../cmd/grapevine/lib/genesis.js';
import { openForCommand } from '../../cmd/grapevine/lib/open-datadir.js';
import { openChain } from '../../src/chain/open-chain.js';
import { rlpList } from '../../src/codec/rlp-reader.js';
import type { RuleCode } from '../../src/consensus/rule-error.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { createRecoverWorkers } from '../../src/platform/workers/recover-workers.js';
import { MemoryKv } from '../../src/store/memory-kv.js';
import { deriveRoot } from '../../src/trie/derive-root.js';
import { type Block, decodeBlock, makeBlock } from '../../src/types/block.js';
import { decodeHeader, sealHeader } from '../../src/types/header.js';
import { buildBlock } from '../support/chain-builder.js';
import { grapevine, killAll, tempFolder } from '../support/processes.js';
import { describeVectors } from '../support/vectors.js';
import {
  BLOCK_REASONS,
  bytesOf,
  type Case,
  casesOf,
  genesisOf,
  NETWORKS,
  transactionReason,
} from './support/block-cases.js';

/** What an import is to say of one block of its file. */
interface Verdict {
  readonly number: number;
  readonly hash: string;
  readonly status: 'imported' | 'invalid';
  readonly rule: RuleCode | undefined;
}

interface Item {
  readonly raw: Uint8Array;
  readonly verdict: Verdict;
}

/** A block and what it is refused for; undefined: it is taken. */
function itemOf(raw: Uint8Array, rule: RuleCode | undefined): Item {
  const { header, hash } = decodeHeader(rlpList(raw).raw());
  return { raw, verdict: { number: header.number, hash, status: rule === undefined ? 'imported' : 'invalid', rule } };
}

/** The block with the transactions root that its transactions have: nothing is left to find but the transactions. */
function mended(raw: Uint8Array): Block {
  const { header, transactions, uncles } = decodeBlock(raw);
  const transactionsRoot = deriveRoot(transactions.map((tx) => tx.raw));
  return makeBlock(sealHeader({ ...header, transactionsRoot }), { transactions, uncles });
}

/**
 * The blocks of a case, each that breaks a rule of transactions once more with the right transactions root, and an empty
 * block on top of what the case comes to, so that every refused block has a valid one behind it.
 */
function itemsOf({ test, short }: { readonly test: Case; readonly short: string }): Item[] {
  const chain = openChain({ kv: new MemoryKv(), genesis: genesisOf(test) }, { fakePow: true });
  if (!chain.ok) throw new Error(chain.error.message);
  const items = test.blocks.flatMap(({ rlp, expectException }) => {
    const raw = bytesOf(rlp);
    if (expectException === undefined) {
      expect(chain.value.importBlock(decodeBlock(raw), 2 ** 31).kind).toBe('head');
      return [itemOf(raw, undefined)];
    }
    const rule = BLOCK_REASONS[expectException] ?? expect.fail(`${expectException} is not known`);
    const ofTransactions = transactionReason(short, expectException);
    const again = ofTransactions === undefined ? [] : [itemOf(mended(raw).raw, ofTransactions)];
    return [itemOf(raw, rule), ...again];
  });
  return [...items, itemOf(buildBlock(chain.value).raw, undefined)];
}

/** The case's genesis as the file that a user would write. */
function genesisFileOf(test: Case): string {
  const { coinbase, difficulty, extraData, gasLimit, mixHash, nonce, timestamp, baseFeePerGas, spec } = genesisOf(test);
  const forks = Object.entries(spec.forks).filter(([, block]) => block === 0);
  const content = {
    config: { chainId: 1, ...Object.fromEntries(forks.map(([fork, block]) => [`${fork}Block`, block])) },
    ...{ coinbase, extraData, mixHash, nonce, timestamp },
    difficulty: String(difficulty),
    gasLimit: String(gasLimit),
    ...(baseFeePerGas !== undefined && { baseFeePerGas: String(baseFeePerGas) }),
    alloc: test.pre,
  };
  const path = join(tempFolder(), 'genesis.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function blockFileOf(items: readonly Item[]): string {
  const path = join(tempFolder(), 'blocks.rlp');
  writeFileSync(path, Buffer.concat(items.map(({ raw }) => raw)));
  return path;
}

const refusing = ({ test }: { readonly test: Case }): boolean =>
  test.blocks.some(({ expectException }) => expectException !== undefined);

const recoverers = createRecoverWorkers({ threads: 0 });

beforeAll(async () => {
  await selectCrypto();
});
afterAll(killAll);

describe.each(NETWORKS)('import --skip-invalid of blocks that are to be refused: $network', ({ network }) => {
  describeVectors(`blockchain/${network}`, () => {
    const cases = casesOf(network).filter(refusing);

    it('has them all', () => expect(cases).toHaveLength(network === 'london' ? 36 : 37));

    it.each(cases)('$name', async ({ test, short }) => {
      const items = itemsOf({ test, short });
      const genesis = readGenesisFile(genesisFileOf(test));
      expect(genesis.hash).toBe(test.genesisBlockHeader.hash);
      const datadir = await openForCommand(tempFolder(), genesis, true);
      const verdicts: unknown[] = [];
      for await (const report of importBlocks(datadir, recoverers, readBlockFile(blockFileOf(items)))) {
        const { number, hash, status, rule } = report;
        verdicts.push({ number, hash, status, rule });
        expect(report.reason ?? '').toMatch(rule === undefined ? /^$/ : new RegExp(`^${rule}: .`));
      }
      expect(verdicts).toEqual(items.map(({ verdict }) => verdict));
      const head = datadir.chain.head();
      expect(head.hash).toBe(items.at(-1)?.verdict.hash);
      expect(head.header.parentHash).toBe(test.lastblockhash);
      await datadir.close();
    });
  });
});

describeVectors('blockchain/london', () => {
  const cases = casesOf('london').filter(refusing);
  // One with a body that is garbled, one whose transactions break a rule, one with six uncles to be looked at.
  it.each(['ValueOverflow', 'RefundOverflow', 'UncleIsAncestor'])(
    'the program says the same of %s',
    async (reason) => {
      const found = cases.find(
        ({ short, test }) => short === reason || test.blocks.some((b) => b.expectException === reason),
      );
      if (found === undefined) throw new Error(`no case ${reason}`);
      const items = itemsOf(found);
      const files = ['--datadir', tempFolder(), '--genesis', genesisFileOf(found.test)];
      const exit = await grapevine(['import', blockFileOf(items), ...files, '--fakepow', '--skip-invalid']);
      const lines = exit.stdout.trimEnd().split('\n');
      const { stateRoot } = decodeBlock(items.at(-1)?.raw ?? new Uint8Array(0)).header;
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
        ...items.map(({ verdict: { rule, ...named } }) =>
          rule === undefined ? named : { ...named, rule, reason: expect.stringMatching(`^${rule}: `) },
        ),
        { head: items.at(-1)?.verdict.hash, stateRoot },
      ]);
      const invalid = items.filter(({ verdict }) => verdict.status === 'invalid').length;
      expect(exit.stderr).toContain(`${invalid === 1 ? '1 block was' : `${invalid} blocks were`} skipped: invalid.`);
      expect(exit.code).toBe(0);
    },
    60_000,
  );
});
