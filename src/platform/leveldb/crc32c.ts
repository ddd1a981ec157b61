/** Castagnoli's polynomial, bits reversed (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256 words: eight bytes a turn is three times as fast as one. */
const TABLES = buildTables();

function buildTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  const at = (index: number): number => tables[index] as number;
  for (let byte = 0; byte < 256; byte++) {
    let word = byte;
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ POLYNOMIAL : word >>> 1;
    tables[byte] = word;
  }
  for (let index = 256; index < tables.length; index++) {
    tables[index] = (at(index - 256) >>> 8) ^ at(at(index - 256) & 0xff);
  }
  return tables;
}

/** The register before the first byte. */
export const CRC_START = -1;

/** The register after one more byte: for a sum that is wanted after each of many bytes. */
export function crcStep(register: number, byte: number): number {
  return (register >>> 8) ^ (TABLES[(register ^ byte) & 0xff] as number);
}

/** CRC-32C of `bytes` from `from` up to `to`. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  const table = TABLES;
  let crc = CRC_START;
  let at = from;
  // Within the array by the loop's bound, so the reads need no check of their own.
  const byte = (index: number): number => bytes[index] as number;
  for (; at + 8 <= to; at += 8) {
    crc ^= byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
    crc =
      (table[1792 + (crc & 0xff)] as number) ^
      (table[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (table[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (table[1024 + (crc >>> 24)] as number) ^
      (table[768 + byte(at + 4)] as number) ^
      (table[512 + byte(at + 5)] as number) ^
      (table[256 + byte(at + 6)] as number) ^
      (table[byte(at + 7)] as number);
  }
  for (; at < to; at++) crc = crcStep(crc, byte(at));
  return ~crc >>> 0;
}

/**
 * A sum as LevelDB stores it (log_format.md, table_format.md; `util/crc32c.h`): a checksum of bytes that hold a checksum
 * of themselves would be a constant.
 */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
