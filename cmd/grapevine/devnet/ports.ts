import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { tcpFree, udpFree } from '../lib/port-check.js';

/** The ports of one node. */
export interface NodePorts {
  /** TCP and UDP. */
  readonly p2p: number;
  /** HTTP and WebSocket. */
  readonly rpc: number;
  readonly metrics: number;
}

/** The plan of a network: node i (from 0) has RPC 8545 + 10 i, p2p 30303 + i, metrics 6060 + i, all plus `offset`. */
export function portPlan(count: number, offset: number): NodePorts[] {
  return Array.from({ length: count }, (_, i) => ({
    p2p: 30303 + i + offset,
    rpc: 8545 + 10 * i + offset,
    metrics: 6060 + i + offset,
  }));
}

/** True if nobody listens on any port of the plan. */
export async function isFree(plan: readonly NodePorts[]): Promise<boolean> {
  for (const { p2p, rpc, metrics } of plan) {
    if (!(await tcpFree(p2p)) || !(await udpFree(p2p)) || !(await tcpFree(rpc)) || !(await tcpFree(metrics)))
      return false;
  }
  return true;
}

/** The step between two offsets: the width of a plan of 16 nodes, rounded up. */
const OFFSET_STEP = 200;
const MAX_OFFSET_TRIES = 100;

/** The first plan, from `firstOffset` up, of which every port is free. */
export async function findPorts(count: number, firstOffset: number): Promise<{ plan: NodePorts[]; offset: number }> {
  for (let tries = 0; tries < MAX_OFFSET_TRIES; tries++) {
    const offset = firstOffset + tries * OFFSET_STEP;
    const plan = portPlan(count, offset);
    if (await isFree(plan)) return { plan, offset };
  }
  throw new CliError(
    ExitCode.portInUse,
    `no ${count} consecutive nodes' ports are free from 8545 and 30303 upwards`,
    'stop what uses them, or start elsewhere with --port-offset N',
  );
}
