import type { Program } from '../machines/outsider.js';
import type { Findable } from '../world.js';
import { createDiscv4Socket } from './discv4-socket.js';
import { createPeerStreams } from './peer-streams.js';

/**
 * A machine that wants every slot of one node (A4, A5): it dials it again and again, each time as somebody else, and lets
 * itself be found, so that the node dials it, too. What it holds it keeps: it shakes hands, answers pings, and says no more.
 */
export function besieger(target: Findable, everyMs: number): Program {
  return (ports) => {
    const socket = createDiscv4Socket(ports, {});
    const streams = createPeerStreams(ports, {});
    let dials = 0;
    const dial = (): void => {
      streams.dial(ports.newIdentity(`dial ${dials++}`), target.address, target.identity.publicKey);
      ports.after(everyMs, dial);
    };
    socket.ping(target.address);
    dial();
    return (input) => {
      if (input.kind === 'datagram') socket.onDatagram(input.from, input.data);
      else streams.onInput(input);
    };
  };
}
