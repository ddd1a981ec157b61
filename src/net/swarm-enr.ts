import { DecodeError } from '../codec/decode-error.js';
import { rlpList } from '../codec/rlp-reader.js';
import { encodeRlp } from '../codec/rlp-writer.js';
import type { Enr } from '../types/enr.js';
import type { ForkId } from '../types/fork-id.js';
import type { ChainReader } from './backend.js';

/** The value of the `eth` entry of a node record: a list whose first item is the fork id (EIP-2124; devp2p enr-entries/eth.md). */
export function encodeForkId({ hash, next }: ForkId): Uint8Array {
  return encodeRlp([[hash, next]]);
}

/** The fork id in an `eth` entry, whatever items later versions put behind it; undefined if there is none. */
export function decodeForkId(entry: Uint8Array): ForkId | undefined {
  try {
    const fork = rlpList(entry).list();
    return { hash: fork.fixed(4).slice(), next: fork.bigint(8) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/**
 * False if a node's record says that it is on another chain: dialing it would waste a slot (foreign chains share the
 * discovery network). A node that says nothing may be ours.
 */
export function isOnOurChain(chain: ChainReader, entry: Uint8Array | undefined): boolean {
  const forkId = entry === undefined ? undefined : decodeForkId(entry);
  return forkId === undefined || chain.forkIdMismatch(forkId) === undefined;
}

/** The record as text. */
export function enrText(_enr: Enr): string {
  return '';
}
