/** Instructions and types of WebAssembly (core specification 1.0, 5.4) that hashing is made of. */
export const OP = {
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  brIf: 0x0d,
  return: 0x0f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i64Load: 0x29,
  i64Store: 0x37,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtU: 0x49,
  i64LeU: 0x58,
  i32Add: 0x6a,
  i64Add: 0x7c,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  i64Rotl: 0x89,
} as const;

/** Value types; `none` is the type of a block without a result. */
export const TYPE = { i32: 0x7f, i64: 0x7e, none: 0x40 } as const;

/** An unsigned LEB128 number. */
export function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** A signed LEB128 number: what constants are written in. */
export function signed(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}

/** A function of a module: its types, its extra locals as runs of one type, and its instructions without the last `end`. */
export interface WasmFunction {
  readonly params: readonly number[];
  readonly result: number;
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  readonly code: readonly number[];
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const name = (text: string): number[] => vector([...text].map((letter) => [letter.charCodeAt(0)]));
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];

/** A module that exports `main` and `memory`, one page that begins with `data`. */
export function wasmModule(main: WasmFunction, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const locals = vector(main.locals.map(({ count, type }) => [...unsigned(count), type]));
  const body = [...locals, ...main.code, OP.end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[0x60, ...vector(main.params.map((type) => [type])), ...vector([[main.result]])]])),
    ...section(3, vector([[0]])),
    ...section(5, vector([[0x00, 1]])),
    ...section(
      7,
      vector([
        [...name('main'), 0x00, 0],
        [...name('memory'), 0x02, 0],
      ]),
    ),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
    ...section(11, vector([[0x00, OP.i32Const, 0, OP.end, ...vector([...data].map((byte) => [byte]))]])),
  ]);
}

/** What is used of the platform's WebAssembly: the compiler knows it from its browser library alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: { readonly main: unknown; readonly memory: { readonly buffer: ArrayBuffer } };
  };
};

/** Compiles a module of {@link wasmModule}; `main` has the type that the module says. */
export function instantiate<Main>(bytes: Uint8Array): { readonly main: Main; readonly memory: Uint8Array } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { main: exports.main as Main, memory: new Uint8Array(exports.memory.buffer) };
}
