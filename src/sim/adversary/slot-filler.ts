import type { PublicKey } from '../../base/brand.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { OutsiderPorts, Program } from '../machines/outsider.js';
import { createPeerStreams, type PeerStreams } from './peer-streams.js';

/** Whom it fills, and how hard it tries. */
export interface SlotFillerConfig {
  readonly targets: readonly { readonly address: SocketAddress; readonly publicKey: PublicKey }[];
  /** Connections that it tries to hold to each. */
  readonly each: number;
  /** Time between two dials, all targets together. */
  readonly everyMs: number;
}

/** A machine that holds as many inbound slots of its targets as it can, each under an identity of its own (A4). */
export function slotFiller(config: SlotFillerConfig): Program {
  return (ports) => {
    const held = new Map<number, number>(); // BOUNDED: by `each` connections to each target
    const targetOf = new Map<number, number>(); // BOUNDED: as `held`
    const streams = createPeerStreams(ports, {
      onGone(conn) {
        const target = targetOf.get(conn);
        targetOf.delete(conn);
        if (target !== undefined) held.set(target, (held.get(target) ?? 1) - 1);
      },
    });
    keepDialing(ports, streams, config, held, targetOf);
    return (input) => {
      if (input.kind !== 'datagram') streams.onInput(input);
    };
  };
}

function keepDialing(
  ports: OutsiderPorts,
  streams: PeerStreams,
  { targets, each, everyMs }: SlotFillerConfig,
  held: Map<number, number>,
  targetOf: Map<number, number>,
): void {
  let dials = 0;
  const dial = (): void => {
    const index = dials % targets.length;
    const target = targets[index];
    if (target !== undefined && (held.get(index) ?? 0) < each) {
      const conn = streams.dial(ports.newIdentity(`dial ${dials}`), target.address, target.publicKey);
      targetOf.set(conn, index);
      held.set(index, (held.get(index) ?? 0) + 1);
    }
    dials++;
    ports.after(everyMs, dial);
  };
  dial();
}
