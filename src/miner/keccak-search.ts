import {
  get,
  i32,
  i64,
  LANES,
  lanes,
  PERMUTATION_LOCALS,
  permutation,
  roundConstants,
  set,
} from '../crypto/keccak-code.js';
import { instantiate, OP, TYPE, unsigned, wasmModule } from '../crypto/wasm-code.js';

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

// Local variables: the seven parameters, then these.
const NONCE = 0;
const COUNT = 1;
const TOP = 2;
const SEAL = 3;
const A = 7; // the state
const B = A + LANES; // scratch between two permutations
const TRIED = A + PERMUTATION_LOCALS;
const ROUND = TRIED + 1;

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

function code(): number[] {
  // One block of 136 bytes: seal hash, nonce, and the padding of the original Keccak (0x01 .. 0x80).
  const fill = lanes((lane) => {
    if (lane < 4) return [...get(SEAL + lane), ...set(A + lane)];
    if (lane === 4) return [...get(NONCE), ...swapBytes(), ...set(A + lane)];
    return [...i64(lane === 5 ? 1n : lane === 16 ? 1n << 63n : 0n), ...set(A + lane)];
  });
  const found = [
    ...[...get(A), ...swapBytes(), ...get(TOP), OP.i64LeU],
    ...[OP.if, TYPE.none, ...get(TRIED), OP.return, OP.end],
  ];
  const advance = [
    ...[...get(NONCE), ...i64(1n), OP.i64Add, ...set(NONCE)],
    ...[...get(TRIED), ...i32(1), OP.i32Add, OP.localTee, ...unsigned(TRIED)],
    ...[...get(COUNT), OP.i32LtU, OP.brIf, 0],
  ];
  return [OP.loop, TYPE.none, ...fill, ...permutation(A, ROUND), ...found, ...advance, OP.end, ...i32(-1)];
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
  return instantiate<KeccakSearch>(bytes).main;
}
