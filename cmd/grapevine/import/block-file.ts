import { createReadStream } from 'node:fs';
import { BlockSplitter } from '../../../src/chain/split-blocks.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { type Block, decodeBlock } from '../../../src/types/block.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';

/** One block of a file, or why the bytes in its place are none. */
export type FileBlock =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'undecodable'; readonly index: number; readonly reason: string };

const CHUNK_BYTES = 1024 * 1024;

function decode(raw: Uint8Array, index: number): FileBlock {
  try {
    return { kind: 'block', block: decodeBlock(raw) };
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    return { kind: 'undecodable', index, reason: `${cause.code}: ${cause.message}` };
  }
}

/** The blocks of an export file, one by one; where the file is cut or garbled beyond a block, that is its last item. */
export async function* readBlockFile(path: string): AsyncGenerator<FileBlock> {
  const splitter = new BlockSplitter();
  let index = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      for (const raw of splitter.push(chunk as Uint8Array)) yield decode(raw, index++);
    }
    splitter.end();
  } catch (cause) {
    if (cause instanceof DecodeError) {
      yield { kind: 'undecodable', index, reason: `${cause.code}: ${cause.message}` };
      return;
    }
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new CliError(ExitCode.usage, `can't read ${path}: ${message}`);
  }
}
