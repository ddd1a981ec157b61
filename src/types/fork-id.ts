/** EIP-2124: CRC-32 of the genesis hash and passed fork blocks (4 bytes), and the next fork block (0n if none is known). */
export interface ForkId {
  readonly hash: Uint8Array;
  readonly next: bigint;
}
