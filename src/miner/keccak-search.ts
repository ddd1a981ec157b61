import { OP, signed, TYPE, unsigned, wasmModule } from './wasm-code.js';

/**
 * Tries nonces from `nonce` on and gives how many it had to pass before one whose keccak256(sealHash || nonce) has its
 * first 64 bits, as a number, at most `top`; -1 if there is none among `count` (1 .. 2^31). `sealHash` comes as four
 * little-endian lanes.
 */
export type KeccakSearch = (
  nonce: bigint,
  count: number,
  top: bigint,
  lane0: bigint,
  lane1: bigint,
  lane2: bigint,
  lane3: bigint,
) => number;

/** What is used of the platform's WebAssembly: the compiler knows it from its browser library alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const ROUNDS = 24;
const LANES = 25;

// Local variables: the seven parameters, then these.
const NONCE = 0;
const COUNT = 1;
const TOP = 2;
const SEAL = 3;
const A = 7; // the state, 25 lanes
const B = A + LANES; // the state between two steps of a round, 25 lanes
const C = B + LANES; // column parities, 5 lanes
const D = C + 5; // what is added to a column
const TRIED = D + 1;
const ROUND = D + 2; // offset of the round constant in memory

const get = (local: number): number[] => [OP.localGet, ...unsigned(local)];
const set = (local: number): number[] => [OP.localSet, ...unsigned(local)];
const i64 = (value: bigint): number[] => [OP.i64Const, ...signed(BigInt.asIntN(64, value))];
const i32 = (value: number): number[] => [OP.i32Const, ...signed(BigInt(value))];
const xorAll = (locals: readonly number[]): number[] =>
  locals.flatMap((local, index) => (index === 0 ? get(local) : [...get(local), OP.i64Xor]));
const lanes = (make: (lane: number) => number[]): number[] =>
  Array.from({ length: LANES }, (_, lane) => make(lane)).flat();

/** Reverses the bytes of the value on the stack, with `B` as scratch. */
function swapBytes(): number[] {
  const exchange = (bits: bigint, mask: bigint): number[] => [
    ...[...set(B), ...get(B), ...i64(mask), OP.i64And, ...i64(bits), OP.i64Shl],
    ...[...get(B), ...i64(bits), OP.i64ShrU, ...i64(mask), OP.i64And, OP.i64Or],
  ];
  return [
    ...exchange(8n, 0x00ff_00ff_00ff_00ffn),
    ...exchange(16n, 0x0000_ffff_0000_ffffn),
    ...[...i64(32n), OP.i64Rotl],
  ];
}

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

/** FIPS 202, 3.2.5: the round constants, 8 bytes each. */
function roundConstants(): Uint8Array {
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

/** One round of Keccak-f[1600] on the locals `A` (FIPS 202, 3.2: theta, rho and pi, chi, iota). */
function round(): number[] {
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
  const iota = [...get(A), ...get(ROUND), OP.i64Load, 3, 0, OP.i64Xor, ...set(A)];
  return [...theta, ...chi, ...iota];
}

function code(): number[] {
  // One block of 136 bytes: seal hash, nonce, and the padding of the original Keccak (0x01 .. 0x80).
  const fill = lanes((lane) => {
    if (lane < 4) return [...get(SEAL + lane), ...set(A + lane)];
    if (lane === 4) return [...get(NONCE), ...swapBytes(), ...set(A + lane)];
    return [...i64(lane === 5 ? 1n : lane === 16 ? 1n << 63n : 0n), ...set(A + lane)];
  });
  const rounds = [
    ...[...i32(0), ...set(ROUND), OP.loop, TYPE.none],
    ...round(),
    ...[...get(ROUND), ...i32(8), OP.i32Add, OP.localTee, ...unsigned(ROUND)],
    ...[...i32(ROUNDS * 8), OP.i32LtU, OP.brIf, 0, OP.end],
  ];
  const found = [
    ...[...get(A), ...swapBytes(), ...get(TOP), OP.i64LeU],
    ...[OP.if, TYPE.none, ...get(TRIED), OP.return, OP.end],
  ];
  const advance = [
    ...[...get(NONCE), ...i64(1n), OP.i64Add, ...set(NONCE)],
    ...[...get(TRIED), ...i32(1), OP.i32Add, OP.localTee, ...unsigned(TRIED)],
    ...[...get(COUNT), OP.i32LtU, OP.brIf, 0],
  ];
  return [OP.loop, TYPE.none, ...fill, ...rounds, ...found, ...advance, OP.end, ...i32(-1)];
}

/** Compiles the search. About three times as fast as one call of a general hasher for each nonce. */
export function createKeccakSearch(): KeccakSearch {
  const bytes = wasmModule(
    {
      params: [TYPE.i64, TYPE.i32, TYPE.i64, TYPE.i64, TYPE.i64, TYPE.i64, TYPE.i64],
      result: TYPE.i32,
      locals: [
        { count: TRIED - A, type: TYPE.i64 },
        { count: 2, type: TYPE.i32 },
      ],
      code: code(),
    },
    roundConstants(),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return exports.main as KeccakSearch;
}
