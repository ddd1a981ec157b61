import { toHex } from '../base/hex.js';
import type { Block } from '../types/block.js';
import { encodeReceipt } from '../types/receipt.js';
import type { RpcBackend } from './backend.js';
import { headerNotFound, serverError } from './errors.js';
import { findMined } from './find-transaction.js';
import { type Method, method } from './method.js';
import { required } from './param.js';
import { type BlockRef, blockRef } from './param-block.js';
import { hash, lenientUint } from './param-values.js';
import { findBlock, mustFindHeader, mustFindReceipts } from './resolve.js';
import { blockView } from './view-block.js';

/** Raw encodings, refused blocks, and a way back. */
export function debugMethods({ chain, pool }: RpcBackend): readonly Method[] {
  const where = required('Block', blockRef);

  function mustFindBlock(ref: BlockRef): Block {
    const block = findBlock(chain, ref);
    if (block === undefined) throw headerNotFound();
    return block;
  }

  return [
    method('debug_getRawHeader', [where], (_, ref) => toHex(mustFindHeader(chain, ref).raw)),
    method('debug_getRawBlock', [where], (_, ref) => toHex(mustFindBlock(ref).raw)),
    method('debug_getRawReceipts', [where], (_, ref) => {
      const receipts = mustFindReceipts(chain, mustFindHeader(chain, ref).hash);
      return receipts.map((receipt) => toHex(encodeReceipt(receipt)));
    }),
    method('debug_getRawTransaction', [required('Transaction hash', hash)], (_, value) => {
      const found = findMined(chain, value)?.transaction ?? pool.get(value);
      return found === undefined ? '0x' : toHex(found.raw);
    }),
    method('debug_getBadBlocks', [], () =>
      chain.badBlocks().map(({ block, reason }) => ({
        hash: block.hash,
        // The outer object is closed in execution-apis, the block is open.
        block: { ...blockView(block, undefined, true), reason },
        rlp: toHex(block.raw),
      })),
    ),
    method('debug_setHead', [required('Block number', lenientUint)], (_, number) => {
      const set = chain.setHead(number);
      if (!set.ok) throw serverError(set.error, 'name the number of a canonical block below the head');
      return null;
    }),
  ];
}
