import type { Hash32 } from '../base/brand.js';
import { bigIntToFixedBytes, bytesToBigInt } from '../base/bytes.js';
import { fromHex } from '../base/hex.js';
import { crc32 } from './crc32.js';

/** EIP-2124: CRC-32 of the genesis hash and passed fork blocks (4 bytes), and the next fork block (0n if none is known). */
export interface ForkId {
  readonly hash: Uint8Array;
  readonly next: bigint;
}

/** Why a peer can't be on our chain: it did not take a fork that we passed, or it took one that we don't have. */
export type ForkIdMismatch = 'remote-stale' | 'local-incompatible';

/** The checksum before the first fork and after each one: one entry more than `forkBlocks` has. */
function checksums(genesisHash: Hash32, forkBlocks: readonly number[]): number[] {
  let checksum = crc32(fromHex(genesisHash));
  const all = [checksum];
  for (const block of forkBlocks) {
    checksum = crc32(bigIntToFixedBytes(BigInt(block), 8), checksum);
    all.push(checksum);
  }
  return all;
}

/** How many of the ascending `forkBlocks` a chain with this head has passed. */
function passedForks(forkBlocks: readonly number[], head: number): number {
  return forkBlocks.filter((block) => block <= head).length;
}

/** The fork id of a chain at block `head`; `forkBlocks` as `forkBlocksOf` gives them (EIP-2124). */
export function forkIdAt(genesisHash: Hash32, forkBlocks: readonly number[], head: number): ForkId {
  const passed = passedForks(forkBlocks, head);
  const checksum = checksums(genesisHash, forkBlocks)[passed] as number;
  return { hash: bigIntToFixedBytes(BigInt(checksum), 4), next: BigInt(forkBlocks[passed] ?? 0) };
}

/** Undefined if a peer with the fork id `remote` may be on our chain, else why it can't be (EIP-2124, validation rules 1 to 4). */
export function checkForkId(
  genesisHash: Hash32,
  forkBlocks: readonly number[],
  head: number,
  remote: ForkId,
): ForkIdMismatch | undefined {
  const theirs = checksums(genesisHash, forkBlocks).indexOf(Number(bytesToBigInt(remote.hash)));
  if (theirs === -1) return 'local-incompatible';
  const passed = passedForks(forkBlocks, head);
  // The same forks: fine, unless they await one at a block that we are past already (rule 1).
  if (theirs === passed) return remote.next > 0n && remote.next <= BigInt(head) ? 'local-incompatible' : undefined;
  // They are behind: fine if the fork they await is the one that came (rule 2). They are ahead: it is we who are behind (rule 3).
  if (theirs < passed) return remote.next === BigInt(forkBlocks[theirs] ?? 0) ? undefined : 'remote-stale';
  return undefined;
}
