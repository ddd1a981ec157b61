import { get, i32, PERMUTATION_LOCALS, permutation, roundConstants, set } from './keccak-code.js';
import { instantiate, OP, TYPE, unsigned, wasmModule } from './wasm-code.js';

/** Bytes that go into the state between two permutations: 1600 bits less twice the 256 of the hash (FIPS 202, 5.1). */
const RATE = 136;
const HASH_LANES = 4;
/** In memory: the round constants, then the hash, then the input with its padding. */
const HASH_AT = 192;
const INPUT_AT = 256;
const PAGE_BYTES = 65_536;

/** The longest input that {@link createHashOnce} takes. */
export const MAX_ONCE_BYTES = PAGE_BYTES - INPUT_AT - RATE;

// Local variables: the number of blocks, then these.
const BLOCKS = 0;
const STATE = 1;
const ROUND = STATE + PERMUTATION_LOCALS;
const AT = ROUND + 1;

/** An access to the 64-bit word `offset` bytes after the address on the stack; 3 says that it is aligned to 2^3 bytes. */
const access = (op: number, offset: number): number[] => [op, 3, ...unsigned(offset)];

function code(): number[] {
  const absorb = Array.from({ length: RATE / 8 }, (_, lane) => [
    ...[...get(STATE + lane), ...get(AT), ...access(OP.i64Load, lane * 8)],
    ...[OP.i64Xor, ...set(STATE + lane)],
  ]).flat();
  const advance = [
    ...[...get(AT), ...i32(RATE), OP.i32Add, ...set(AT)],
    ...[...get(BLOCKS), ...i32(-1), OP.i32Add, OP.localTee, ...unsigned(BLOCKS), OP.brIf, 0],
  ];
  const squeeze = Array.from({ length: HASH_LANES }, (_, lane) => [
    ...[...i32(HASH_AT), ...get(STATE + lane), ...access(OP.i64Store, lane * 8)],
  ]).flat();
  return [
    ...[...i32(INPUT_AT), ...set(AT), OP.loop, TYPE.none],
    ...[...absorb, ...permutation(STATE, ROUND), ...advance, OP.end],
    ...[...squeeze, ...i32(0)],
  ];
}

/**
 * Compiles Keccak-256 (the original padding, 0x01 .. 0x80) of inputs up to {@link MAX_ONCE_BYTES}. The function gives its
 * 32 bytes in memory that the next call overwrites. A general hasher spends as much on its own calls as on a short input.
 */
export function createHashOnce(): (bytes: Uint8Array) => Uint8Array {
  const { main, memory } = instantiate<(blocks: number) => number>(
    wasmModule(
      {
        params: [TYPE.i32],
        result: TYPE.i32,
        locals: [
          { count: PERMUTATION_LOCALS, type: TYPE.i64 },
          { count: 2, type: TYPE.i32 },
        ],
        code: code(),
      },
      roundConstants(),
    ),
  );
  const input = memory.subarray(INPUT_AT);
  const hash = memory.subarray(HASH_AT, HASH_AT + HASH_LANES * 8);
  return (bytes) => {
    const { length } = bytes;
    const blocks = Math.floor(length / RATE) + 1;
    const end = blocks * RATE;
    input.set(bytes);
    input.fill(0, length, end);
    input[length] = 0x01;
    input[end - 1] = (input[end - 1] as number) | 0x80;
    main(blocks);
    return hash;
  };
}
