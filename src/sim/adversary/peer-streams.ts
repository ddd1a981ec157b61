import type { PublicKey } from '../../base/brand.js';
import { invariant } from '../../base/invariant.js';
import type { ConnId, NetInput } from '../../net/io.js';
import type { Identity } from '../../ports/identity.js';
import type { SocketAddress } from '../../types/endpoint.js';
import { BASE_PROTOCOL_LENGTH } from '../../wire/capability.js';
import type { Channel, ChannelEvent } from '../../wire/channel.js';
import { ETH_VERSIONS, EthCode } from '../../wire/eth/protocol.js';
import { disconnect } from '../../wire/p2p/disconnect.js';
import { hello, P2P_VERSION } from '../../wire/p2p/hello.js';
import { ping } from '../../wire/p2p/ping.js';
import { pong } from '../../wire/p2p/pong.js';
import type { OutsiderPorts } from '../machines/outsider.js';

/** What a program wants to hear of its streams. */
export interface PeerStreamHandlers {
  /** Hello and Status are exchanged. */
  onReady?(conn: ConnId): void;
  /** A message of eth other than Status. */
  onMessage?(conn: ConnId, code: number, payload: Uint8Array): void;
  /** A stream is over, or was never opened. */
  onGone?(conn: ConnId): void;
}

/** Streams that get through RLPx, Hello and Status as an honest peer would, and answer pings. */
export interface PeerStreams {
  /** For every input of the machine but datagrams. */
  onInput(input: Exclude<NetInput, { readonly kind: 'datagram' }>): void;
  /** Dials a node as `identity`. */
  dial(identity: Identity, to: SocketAddress, remote: PublicKey): ConnId;
  /** Sends a message of eth on a stream that is ready. */
  send(conn: ConnId, code: number, payload: Uint8Array): void;
}

interface Stream {
  readonly identity: Identity;
  readonly channel: Channel;
  ready: boolean;
}

/** The streams of the machine that `ports` belong to. It says it follows the chain of whom it talks to: it repeats its Status. */
export function createPeerStreams(ports: OutsiderPorts, handlers: PeerStreamHandlers): PeerStreams {
  const streams = new Map<ConnId, Stream>(); // BOUNDED: by what the program dials and the nodes' dials to it

  const seal = (conn: ConnId, { channel }: Stream, code: number, payload: Uint8Array): void =>
    ports.write(conn, channel.seal(code, payload));

  function greet(conn: ConnId, stream: Stream): void {
    const { publicKey } = stream.identity;
    const capabilities = ETH_VERSIONS.map((version) => ({ name: 'eth', version }));
    const ours = { p2pVersion: P2P_VERSION, clientId: 'outsider', capabilities, listenPort: 0, publicKey };
    seal(conn, stream, hello.code, hello.encode(ours));
  }

  function onMessage(conn: ConnId, stream: Stream, code: number, payload: Uint8Array): void {
    if (code === hello.code) stream.channel.enableSnappy();
    else if (code === ping.code) seal(conn, stream, pong.code, pong.encode(undefined));
    else if (code === disconnect.code) ports.close(conn);
    else if (code === BASE_PROTOCOL_LENGTH + EthCode.status && !stream.ready) {
      seal(conn, stream, code, payload);
      stream.ready = true;
      handlers.onReady?.(conn);
    } else if (code >= BASE_PROTOCOL_LENGTH) handlers.onMessage?.(conn, code - BASE_PROTOCOL_LENGTH, payload);
  }

  function onEvent(conn: ConnId, stream: Stream, event: ChannelEvent): void {
    if (event.kind === 'message') {
      onMessage(conn, stream, event.code, event.payload);
      return;
    }
    if (event.send !== undefined) ports.write(conn, event.send);
    greet(conn, stream);
  }

  function onOpened(conn: ConnId, direction: 'in' | 'out'): void {
    if (direction === 'in') {
      const { identity } = ports;
      streams.set(conn, { identity, channel: ports.channel(identity, undefined), ready: false });
      return;
    }
    const first = streams.get(conn)?.channel.open();
    if (first !== undefined) ports.write(conn, first);
  }

  return {
    onInput(input) {
      switch (input.kind) {
        case 'stream-opened':
          onOpened(input.conn, input.direction);
          return;
        case 'stream-data': {
          const stream = streams.get(input.conn);
          if (stream === undefined) return;
          for (const event of stream.channel.feed(input.data)) onEvent(input.conn, stream, event);
          return;
        }
        case 'stream-closed':
        case 'dial-failed':
          if (streams.delete(input.conn)) handlers.onGone?.(input.conn);
      }
    },
    dial(identity, to, remote) {
      const conn = ports.dial(to);
      streams.set(conn, { identity, channel: ports.channel(identity, remote), ready: false });
      return conn;
    },
    send(conn, code, payload) {
      const stream = streams.get(conn);
      invariant(stream?.ready === true, 'a message needs a stream that is ready');
      seal(conn, stream, BASE_PROTOCOL_LENGTH + code, payload);
    },
  };
}
