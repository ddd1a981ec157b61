/** What `run` throws; throws if it does not. */
export function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (failure) {
    return failure;
  }
  throw new Error('nothing was thrown');
}
