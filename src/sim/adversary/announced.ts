import type { SocketAddress } from '../../types/endpoint.js';
import type { Program } from '../machines/outsider.js';
import { createDiscv4Socket } from './discv4-socket.js';

/** The program, which pings these nodes when it starts: so they hear of it, prove its endpoint and tell others. */
export function announced(program: Program, to: readonly SocketAddress[]): Program {
  return (ports) => {
    const take = program(ports);
    const socket = createDiscv4Socket(ports, {});
    for (const address of to) socket.ping(address);
    return take;
  };
}
