declare module 'snappyjs' {
  /** The raw Snappy block of `uncompressed`, as the same kind of array. */
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
