import { createReadStream, createWriteStream, openSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Hash32 } from '../base/brand.js';
import { err, ok } from '../base/result.js';
import type { Chain } from '../chain/chain.js';
import { BlockSplitter } from '../chain/split-blocks.js';
import { DecodeError } from '../codec/decode-error.js';
import type { CommandResult } from '../rpc/backend.js';
import { type Block, decodeBlock } from '../types/block.js';

/** Blocks that are given to the node before it is asked what became of them. */
const BATCH = 256;
/** How often a full import queue is looked at: a step of an import takes longer. */
const POLL_MS = 5;

/** A file that can't go on, in words for the operator. */
class FileProblem extends Error {
  override readonly name = 'FileProblem';
}

function toResult(path: string, problem: unknown): CommandResult {
  if (problem instanceof FileProblem) return err(problem.message);
  if (problem instanceof DecodeError) return err(`${path} holds no blocks: ${problem.code}: ${problem.message}`);
  const { code, message } = problem as NodeJS.ErrnoException;
  if (code === undefined) throw problem;
  return err(code === 'EEXIST' ? 'location would overwrite an existing file' : `${path}: ${message}`);
}

function* rawBlocks(chain: Chain, first: number, last: number): Generator<Uint8Array> {
  let parent: Hash32 | undefined;
  for (let number = first; number <= last; number++) {
    const hash = chain.canonicalHash(number);
    const block = hash === undefined ? undefined : chain.peekBlock(hash);
    if (block === undefined || (parent !== undefined && block.header.parentHash !== parent))
      throw new FileProblem(`the chain changed at block ${number} meanwhile: export again`);
    parent = block.hash;
    yield block.raw;
  }
}

/** Writes the canonical blocks `first` (or 0) to `last` (or the head) back to back; with gzip if the name ends with `.gz`. */
export async function exportChainFile(
  chain: Chain,
  path: string,
  first: number | undefined,
  last: number | undefined,
): Promise<CommandResult> {
  const head = chain.head().header.number;
  if (first === undefined && last !== undefined) return err('last cannot be specified without first');
  const [from, to] = [first ?? 0, last ?? head];
  if (from > to || to > head) return err(`there are no blocks ${from} to ${to}: the head is ${head}`);
  let fd: number;
  try {
    fd = openSync(path, 'wx');
  } catch (problem) {
    return toResult(path, problem);
  }
  try {
    const source = Readable.from(rawBlocks(chain, from, to));
    const file = createWriteStream(path, { fd });
    await (path.endsWith('.gz') ? pipeline(source, createGzip(), file) : pipeline(source, file));
    return ok(undefined);
  } catch (problem) {
    rmSync(path, { force: true });
    return toResult(path, problem);
  }
}

/** How a file of blocks gets into the node that runs. */
export interface BlockIntake {
  readonly chain: Chain;
  /** False while the import queue is full. */
  submit(block: Block): boolean;
  /** Blocks that wait in the queue. */
  waiting(): number;
}

async function settled({ chain, waiting }: BlockIntake, blocks: readonly Block[]): Promise<void> {
  while (waiting() > 0 && !blocks.every((block) => chain.hasBlock(block.hash))) await delay(POLL_MS);
  const missing = blocks.find((block) => !chain.hasBlock(block.hash));
  if (missing === undefined) return;
  const refused = chain.badBlocks().find(({ block }) => block.hash === missing.hash)?.error;
  const why = refused === undefined ? 'its parent is not here, or its time has not come' : refused.message;
  throw new FileProblem(`block ${missing.header.number} was not imported: ${why}`);
}

/** Imports the blocks of a file, in order, through the node's queue; ends at the first that does not get in. */
export async function importChainFile(intake: BlockIntake, path: string): Promise<CommandResult> {
  const splitter = new BlockSplitter();
  let batch: Block[] = []; // BOUNDED: by BATCH
  try {
    const file = createReadStream(path);
    const chunks = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
    file.once('error', (cause) => chunks.destroy(cause));
    for await (const chunk of chunks) {
      for (const raw of splitter.push(chunk as Uint8Array)) {
        // A block keeps its bytes: the chunk that they are cut from may be larger than all of them, and the slice of a
        // Buffer would still be a part of it.
        const block = decodeBlock(new Uint8Array(raw));
        if (block.header.number === 0 || intake.chain.hasBlock(block.hash)) continue;
        while (!intake.submit(block)) await delay(POLL_MS);
        batch.push(block);
        if (batch.length < BATCH) continue;
        await settled(intake, batch);
        batch = [];
      }
    }
    splitter.end();
    await settled(intake, batch);
    return ok(undefined);
  } catch (problem) {
    return toResult(path, problem);
  }
}
