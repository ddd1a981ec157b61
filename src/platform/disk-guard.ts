import { freeBytes } from './datadir/open.js';

/** How often the free space is looked at: seldom enough to cost nothing, often enough for a node that writes 10 MB/s. */
const CHECK_MS = 10_000;

/** Calls `onLow` once when less than `leastFreeBytes` are free on the volume of `path`; returns how to stop watching. */
export function watchDisk(path: string, leastFreeBytes: number, onLow: (message: string) => void): () => Promise<void> {
  const timer = setInterval(() => {
    let free: number;
    try {
      free = freeBytes(path);
    } catch {
      return;
    }
    if (free >= leastFreeBytes) return;
    clearInterval(timer);
    onLow(`only ${Math.floor(free / 2 ** 20)} MiB are free on the volume of ${path}`);
  }, CHECK_MS);
  timer.unref();
  return async () => clearInterval(timer);
}
