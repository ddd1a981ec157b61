import { createReadStream } from 'node:fs';
import type { Hash32 } from '../../../src/base/brand.js';
import { BlockSplitter } from '../../../src/chain/split-blocks.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { rlpList } from '../../../src/codec/rlp-reader.js';
import { type Block, decodeBlock } from '../../../src/types/block.js';
import { decodeHeader, type SealedHeader } from '../../../src/types/header.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';

/** One block of a file, or why the bytes in its place are none. */
export type FileBlock =
  | { readonly kind: 'block'; readonly block: Block }
  | {
      readonly kind: 'undecodable';
      /** Where at least the header can be decoded. */
      readonly named: { readonly number: number; readonly hash: Hash32 } | undefined;
      readonly reason: string;
    };

const CHUNK_BYTES = 1024 * 1024;

function decode(raw: Uint8Array, index: number): FileBlock {
  try {
    return { kind: 'block', block: decodeBlock(raw) };
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    return undecodable(cause, index, headerOf(raw));
  }
}

/** A block with a garbled body is still known by its header. */
function headerOf(raw: Uint8Array): SealedHeader | undefined {
  try {
    return decodeHeader(rlpList(raw).raw());
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    return undefined;
  }
}

function undecodable(cause: DecodeError, index: number, sealed?: SealedHeader): FileBlock {
  const named = sealed && { number: sealed.header.number, hash: sealed.hash };
  return { kind: 'undecodable', named, reason: `${cause.message} (item ${index + 1} of the file)` };
}

/** The blocks of an export file, one by one; where the file is cut or garbled beyond a block, that is its last item. */
export async function* readBlockFile(path: string): AsyncGenerator<FileBlock> {
  const splitter = new BlockSplitter();
  let index = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      // A block keeps its bytes, which must not keep the whole chunk alive: a copy, since a Buffer's slice is none.
      for (const raw of splitter.push(chunk as Uint8Array)) yield decode(new Uint8Array(raw), index++);
    }
    splitter.end();
  } catch (cause) {
    if (cause instanceof DecodeError) {
      yield undecodable(cause, index);
      return;
    }
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new CliError(ExitCode.usage, `can't read ${path}: ${message}`);
  }
}
