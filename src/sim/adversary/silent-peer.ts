import type { Program } from '../machines/outsider.js';
import { createDiscv4Socket } from './discv4-socket.js';
import { createPeerStreams } from './peer-streams.js';

/**
 * What a silent peer still says. All prove their endpoint, and so are told of and dialed; `mute` lets streams in and writes
 * nothing; `polite` shakes hands, repeats the Status it is sent, answers pings, and leaves everything else unanswered.
 */
export type Silence = 'mute' | 'polite';

/** A peer that takes a slot and gives nothing. */
export function silentPeer(silence: Silence): Program {
  return (ports) => {
    const socket = createDiscv4Socket(ports, {});
    const streams = createPeerStreams(ports, {});
    return (input) => {
      if (input.kind === 'datagram') socket.onDatagram(input.from, input.data);
      else if (silence === 'polite') streams.onInput(input);
    };
  };
}
