import type { Program } from '../outsider.js';
import { createDiscv4Socket } from './discv4-socket.js';
import { createPeerStreams } from './peer-streams.js';

/** A peer that proves its endpoint, shakes hands, answers pings, and leaves everything else unanswered: a slot that gives nothing. */
export const silentPeer: Program = (ports) => {
  const socket = createDiscv4Socket(ports, {});
  const streams = createPeerStreams(ports, {});
  return (input) => {
    if (input.kind === 'datagram') socket.onDatagram(input.from, input.data);
    else streams.onInput(input);
  };
};
