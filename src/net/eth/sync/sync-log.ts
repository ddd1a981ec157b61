import type { NodeId } from '../../../base/brand.js';
import type { Log } from '../../../ports/log.js';
import type { ConnId } from '../../io.js';
import type { EthEvent } from '../service.js';

/** Shorter ones are everyday life at the head of the chain, and no news. */
const WORTH_A_LINE = 16;

/** One line for each step of a sync; every few seconds where it has got to, how fast it is, and when it will be done. */
export function logSync(log: Log, event: EthEvent, nodeOf: (conn: ConnId) => NodeId | undefined): void {
  switch (event.kind) {
    case 'peer-ready':
      return;
    case 'sync-started':
      log.log('debug', 'sync', 'Sync begins', { peer: nodeOf(event.conn), highest: event.target });
      return;
    case 'sync-proven': {
      const { from, target, conn } = event;
      const level = target - from > WORTH_A_LINE ? 'info' : 'debug';
      log.log(level, 'sync', 'Syncing', { number: from, highest: target, left: target - from, peer: nodeOf(conn) });
      return;
    }
    case 'sync-progress': {
      const { current, target, blocksPerSecond, etaSeconds, sources } = event;
      log.log('info', 'sync', 'Syncing', {
        ...{ number: current, highest: target, left: target - current },
        ...{ blocksPerSecond: Math.round(blocksPerSecond), eta: durationText(etaSeconds), peers: sources },
      });
      return;
    }
    case 'sync-finished': {
      const { blocks, ms } = event;
      const level = blocks > WORTH_A_LINE ? 'info' : 'debug';
      const blocksPerSecond = Math.round((blocks * 1000) / Math.max(1, ms));
      log.log(level, 'sync', 'Synced', { blocks, took: durationText(Math.round(ms / 1000)), blocksPerSecond });
      return;
    }
    case 'sync-master-out':
      log.log('debug', 'sync', 'Syncing from another peer', { peer: nodeOf(event.conn), reason: event.reason });
      return;
    case 'sync-failed':
      log.log('debug', 'sync', 'Sync stopped', { peer: nodeOf(event.conn), reason: event.reason });
      return;
  }
}

/** Seconds as `1h02m`, `3m07s` or `12s`. */
function durationText(seconds: number | undefined): string {
  if (seconds === undefined) return 'unknown';
  const two = (value: number): string => value.toString().padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
  return minutes > 0 ? `${minutes}m${two(seconds % 60)}s` : `${seconds}s`;
}
