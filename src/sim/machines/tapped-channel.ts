import type { Channel } from '../../wire/channel.js';

/** Sees the messages of one connection as its node does, in the order in which the node reads and writes them. */
export interface ChannelTap {
  onReceived(code: number, payload: Uint8Array): void;
  onSent(code: number, payload: Uint8Array): void;
}

/** The channel itself, with somebody who looks on. */
export function tappedChannel(channel: Channel, tap: ChannelTap): Channel {
  return {
    open: () => channel.open(),
    enableSnappy: (maxBytesOf) => channel.enableSnappy(maxBytesOf),
    *feed(data) {
      for (const event of channel.feed(data)) {
        if (event.kind === 'message') tap.onReceived(event.code, event.payload);
        yield event;
      }
    },
    seal(code, payload) {
      tap.onSent(code, payload);
      return channel.seal(code, payload);
    },
  };
}
