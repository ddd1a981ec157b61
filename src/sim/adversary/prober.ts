import type { PublicKey } from '../../base/brand.js';
import { toPublicKey } from '../../base/hex.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { Program } from '../machines/outsider.js';
import { createDiscv4Socket } from './discv4-socket.js';

/** What a prober has seen so far. */
export interface ProbeTally {
  /** Questions, a FINDNODE each. */
  asked: number;
  /** Those that were answered in time. */
  answered: number;
  /** Times from question to answer, in ms. */
  readonly tookMs: number[];
}

/** A tally with nothing on it yet. */
export const emptyTally = (): ProbeTally => ({ asked: 0, answered: 0, tookMs: [] });

/** A node waits so long for an answer to its own questions. */
const PATIENCE_MS = 1_000;
/** The first question comes when the endpoint proof is done. */
const PROOF_MS = 2_000;

/** No adversary but an instrument: asks one node every `everyMs` for neighbours of a random id, and writes down what comes of it; `onTold` hears of each neighbour. */
export function prober(
  target: SocketAddress,
  everyMs: number,
  tally: ProbeTally,
  onTold: (node: PublicKey) => void = () => undefined,
): Program {
  return (ports) => {
    let askedAtMs: number | undefined;
    const socket = createDiscv4Socket(ports, {
      onNeighbors(_from, { nodes }) {
        for (const { publicKey } of nodes) onTold(publicKey);
        if (askedAtMs === undefined) return;
        const tookMs = ports.nowMs() - askedAtMs;
        askedAtMs = undefined;
        if (tookMs > PATIENCE_MS) return;
        tally.answered++;
        tally.tookMs.push(tookMs);
      },
    });
    const ask = (): void => {
      askedAtMs = ports.nowMs();
      tally.asked++;
      socket.findNode(target, toPublicKey(ports.random.bytes(64)));
      ports.after(everyMs, ask);
    };
    socket.ping(target);
    ports.after(PROOF_MS, ask);
    return (input) => {
      if (input.kind === 'datagram') socket.onDatagram(input.from, input.data);
    };
  };
}
