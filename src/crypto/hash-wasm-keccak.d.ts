/** One algorithm of hash-wasm alone: the package's own entry brings all of them, and every thread would parse 280 kB. */
declare module 'hash-wasm/dist/keccak.umd.min.js' {
  const hashWasm: Pick<typeof import('hash-wasm'), 'createKeccak'>;
  export = hashWasm;
}
