import { invariant } from '../../base/invariant.js';
import { slabBytes } from '../../base/slab.js';

/** Some hundreds of datagrams. */
const CHUNK_BYTES = 65_536;

/** Memory that datagrams share which are sent at about the same time. */
interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
  /** Datagrams in it that have not landed. */
  flying: number;
}

/** A datagram under way, until it lands. */
export interface FlyingDatagram {
  readonly chunk: Chunk;
  readonly at: number;
  readonly length: number;
}

/** Keeps the bytes of datagrams that are under way. */
export interface FlyingDatagrams {
  /** Copies a datagram that was sent. */
  fly(data: Uint8Array): FlyingDatagram;
  /** The bytes of one that is delivered: a copy of the receiver's own. */
  deliver(datagram: FlyingDatagram): Uint8Array;
  /** Lets one go that is lost. */
  lose(datagram: FlyingDatagram): void;
}

/**
 * An empty sky. Its memory is used again once all that flew in it have landed: a datagram is under way for longer than the
 * collector takes for young, so that thousands of nodes would leave it some gigabytes of old buffers, each of which
 * it only finds by a look at everything there is.
 */
export function createFlyingDatagrams(): FlyingDatagrams {
  const idle: Chunk[] = []; // BOUNDED: by the datagrams that were under way at once
  let current = emptyChunk();

  function land({ chunk }: FlyingDatagram): void {
    chunk.flying--;
    if (chunk.flying > 0) return;
    chunk.used = 0;
    if (chunk !== current) idle.push(chunk);
  }

  return {
    fly(data) {
      invariant(data.length <= CHUNK_BYTES, 'a datagram is no larger than UDP allows');
      if (current.used + data.length > CHUNK_BYTES) current = idle.pop() ?? emptyChunk();
      const chunk = current;
      const at = chunk.used;
      chunk.bytes.set(data, at);
      chunk.used += data.length;
      chunk.flying++;
      return { chunk, at, length: data.length };
    },
    deliver(datagram) {
      const { chunk, at, length } = datagram;
      const data = slabBytes(length);
      data.set(chunk.bytes.subarray(at, at + length));
      land(datagram);
      return data;
    },
    lose: land,
  };
}

const emptyChunk = (): Chunk => ({ bytes: new Uint8Array(CHUNK_BYTES), used: 0, flying: 0 });
