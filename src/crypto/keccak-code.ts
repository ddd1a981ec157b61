import { OP, signed, TYPE, unsigned } from './wasm-code.js';

/** Lanes of the state: 64-bit words. */
export const LANES = 25;
const ROUNDS = 24;

/** The 64-bit locals that {@link permutation} wants in one run: the state in the first {@link LANES}, the rest for scratch. */
export const PERMUTATION_LOCALS = 2 * LANES + 6;

/** Code that puts a local on the stack. */
export const get = (local: number): number[] => [OP.localGet, ...unsigned(local)];
/** Code that takes a local from the stack. */
export const set = (local: number): number[] => [OP.localSet, ...unsigned(local)];
/** Code that puts a 64-bit constant on the stack. */
export const i64 = (value: bigint): number[] => [OP.i64Const, ...signed(BigInt.asIntN(64, value))];
/** Code that puts a 32-bit constant on the stack. */
export const i32 = (value: number): number[] => [OP.i32Const, ...signed(BigInt(value))];
/** What `make` gives for each lane, one after the other. */
export const lanes = (make: (lane: number) => number[]): number[] =>
  Array.from({ length: LANES }, (_, lane) => make(lane)).flat();

const xorAll = (locals: readonly number[]): number[] =>
  locals.flatMap((local, index) => (index === 0 ? get(local) : [...get(local), OP.i64Xor]));

/** FIPS 202, 3.2.2: by how many bits each lane is rotated. */
function rotations(): number[] {
  const amounts = new Array<number>(LANES).fill(0);
  let [x, y] = [1, 0];
  for (let t = 0; t < ROUNDS; t++) {
    amounts[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return amounts;
}

/** FIPS 202, 3.2.5: the round constants, 8 bytes each. Memory has to begin with them. */
export function roundConstants(): Uint8Array {
  const bytes = new Uint8Array(ROUNDS * 8);
  let lfsr = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (let j = 0; j < 7; j++) {
      const bit = 2 ** j - 1;
      const at = round * 8 + (bit >> 3);
      if ((lfsr & 1) === 1) bytes[at] = (bytes[at] as number) | (1 << (bit & 7));
      lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x171)) & 0xff;
    }
  }
  return bytes;
}

/** One round of Keccak-f[1600] (FIPS 202, 3.2: theta, rho and pi, chi, iota). */
function round(A: number, roundAt: number): number[] {
  const B = A + LANES; // the state between two steps, 25 lanes
  const C = B + LANES; // column parities, 5 lanes
  const D = C + 5; // what is added to a column
  const rotation = rotations();
  const theta: number[] = [];
  for (let x = 0; x < 5; x++) theta.push(...xorAll([0, 5, 10, 15, 20].map((row) => A + x + row)), ...set(C + x));
  for (let x = 0; x < 5; x++) {
    theta.push(...get(C + ((x + 4) % 5)), ...get(C + ((x + 1) % 5)), ...i64(1n), OP.i64Rotl, OP.i64Xor, ...set(D));
    for (let y = 0; y < 5; y++) {
      const lane = x + 5 * y;
      const amount = rotation[lane] as number;
      theta.push(...get(A + lane), ...get(D), OP.i64Xor, ...i64(BigInt(amount)), OP.i64Rotl);
      theta.push(...set(B + y + 5 * ((2 * x + 3 * y) % 5)));
    }
  }
  const chi = lanes((lane) => {
    const [x, row] = [lane % 5, lane - (lane % 5)];
    const [next, afterNext] = [B + row + ((x + 1) % 5), B + row + ((x + 2) % 5)];
    // (not next) and afterNext, without a negation
    const masked = [...get(next), ...get(afterNext), OP.i64And, ...get(afterNext), OP.i64Xor];
    return [...get(B + lane), ...masked, OP.i64Xor, ...set(A + lane)];
  });
  const iota = [...get(A), ...get(roundAt), OP.i64Load, 3, 0, OP.i64Xor, ...set(A)];
  return [...theta, ...chi, ...iota];
}

/** Code of Keccak-f[1600] on the state in the locals from `state` on; `roundAt` is a 32-bit local for scratch. */
export function permutation(state: number, roundAt: number): number[] {
  return [
    ...[...i32(0), ...set(roundAt), OP.loop, TYPE.none],
    ...round(state, roundAt),
    ...[...get(roundAt), ...i32(8), OP.i32Add, OP.localTee, ...unsigned(roundAt)],
    ...[...i32(ROUNDS * 8), OP.i32LtU, OP.brIf, 0, OP.end],
  ];
}
