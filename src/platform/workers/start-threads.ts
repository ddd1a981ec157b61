/**
 * Starts up to `count` threads with `spawn`. The system may refuse one (EAGAIN: a container's limit of processes, no memory), which
 * Node throws at once: it is told, the rest is not tried, and those that did start are returned.
 */
export function startThreads<T>(count: number, spawn: () => T, onFailure?: (error: Error) => void): T[] {
  const started: T[] = [];
  try {
    while (started.length < count) started.push(spawn());
  } catch (error) {
    onFailure?.(error instanceof Error ? error : new Error(String(error)));
  }
  return started;
}
