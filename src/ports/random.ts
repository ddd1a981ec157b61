/** A stream of randomness. The real host backs it with the system's generator, the simulator with a seeded one. */
export interface Random {
  /** `length` fresh bytes; unpredictable to others on the real host, so fit for nonces and keys. */
  bytes(length: number): Uint8Array;
  /** A float in [0, 1). */
  float(): number;
  /** An integer in [0, bound), for an integer bound in 1..2^32. */
  below(bound: number): number;
  /** A stream of its own, named by `purpose`, so that one consumer's draws never shift another's. */
  fork(purpose: string): Random;
}
