import type { NodeFailure } from '../../../src/platform/run-node.js';

/** Why the node is to be stopped. */
export type End =
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'failure'; readonly failure: NodeFailure };

/** Waits for SIGINT or SIGTERM or a failure. A second signal, while the node stops, calls `onForced`. */
export function untilStopped(failed: Promise<NodeFailure>, onForced: () => void): Promise<End> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (signal: NodeJS.Signals): void => {
      signals++;
      if (signals > 1) onForced();
      else resolve({ kind: 'signal', signal });
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    void failed.then((failure) => resolve({ kind: 'failure', failure }));
  });
}
