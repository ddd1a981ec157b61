/** Some dozens of packets; small enough that one that is kept for long keeps little else alive. */
const SLAB_BYTES = 65_536;

let slab = new ArrayBuffer(0);
let used = 0;

/**
 * `length` bytes of zero, given out once: a view of a slab that many share. For what lives shortly, like datagrams: memory of
 * its own costs an array of more than 64 bytes a microsecond, and the slab stays for as long as any of its parts.
 */
export function slabBytes(length: number): Uint8Array {
  if (length > SLAB_BYTES / 4) return new Uint8Array(length);
  if (used + length > slab.byteLength) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  const bytes = new Uint8Array(slab, used, length);
  used += length;
  return bytes;
}
