/** A bug in this program, never a remote's fault: the process should stop rather than go on with broken state. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws {@link InvariantError} with `message` unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Marks a branch that the type checker proved unreachable; throws if it is reached all the same. */
export function unreachable(value: never): never {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
  throw new InvariantError(`unreachable: ${text}`);
}
