import type { PublicKey } from '../../base/brand.js';
import { fromHex, toPublicKey } from '../../base/hex.js';
import { rlpSequence } from '../../codec/rlp-reader.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import type { Capability } from '../capability.js';
import { MAX_HELLO_BYTES } from '../channel.js';
import type { MessageCodec } from '../message.js';

/** Our version of the base protocol. From 5 on, all messages behind Hello are compressed (EIP-706). */
export const P2P_VERSION = 5;

/** The first message on a connection: who speaks, and which protocols it knows. */
export interface Hello {
  /** Of the base protocol; never a reason to refuse a peer (EIP-8). */
  readonly p2pVersion: number;
  /** Name and version of the software. When decoded: printable characters only, others replaced by `?`. */
  readonly clientId: string;
  readonly capabilities: readonly Capability[];
  /** The TCP port that the peer says it listens on; mostly 0, and never to be trusted. */
  readonly listenPort: number;
  /** Must be the key that the handshake proved. */
  readonly publicKey: PublicKey;
}

/** Any in 2 KiB would do; a hundred is more than any client has, and keeps what we hold of a peer small. */
const MAX_CAPABILITIES = 100;

/** Hello (devp2p rlpx.md, Hello). Fields behind the known ones and bytes behind the list are ignored (EIP-8). */
export const hello: MessageCodec<Hello> = {
  name: 'Hello',
  code: 0x00,
  maxBytes: MAX_HELLO_BYTES,
  encode: ({ p2pVersion, clientId, capabilities, listenPort, publicKey }) =>
    encodeRlp([
      p2pVersion,
      Buffer.from(clientId, 'utf8'),
      capabilities.map(({ name, version }) => [Buffer.from(name, 'latin1'), version]),
      listenPort,
      fromHex(publicKey),
    ]),
  decode(payload) {
    const fields = rlpSequence(payload).list();
    return {
      p2pVersion: fields.number(),
      clientId: printable(fields.bytes()),
      capabilities: fields.listOf(MAX_CAPABILITIES, (items) => {
        const capability = items.list();
        return { name: printable(capability.bytes()), version: capability.number() };
      }),
      listenPort: fields.number(),
      publicKey: toPublicKey(fields.fixed(64)),
    };
  },
};

/** Text from a stranger, harmless in a log or on a terminal: no control characters, no escape sequences. */
function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?');
}
