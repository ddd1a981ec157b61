import { DecodeError } from '../../codec/decode-error.js';
import { rlpSequence } from '../../codec/rlp-reader.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';

/** Why a connection ends, by name, with the code on the wire (devp2p rlpx.md, Disconnect). */
export const DISCONNECT_CODES = {
  requested: 0x00,
  'tcp-error': 0x01,
  'protocol-breach': 0x02,
  'useless-peer': 0x03,
  'too-many-peers': 0x04,
  'already-connected': 0x05,
  'incompatible-version': 0x06,
  'null-identity': 0x07,
  'client-quitting': 0x08,
  'unexpected-identity': 0x09,
  'self-connection': 0x0a,
  'ping-timeout': 0x0b,
  'subprotocol-error': 0x10,
} as const;

/** The name of a reason. */
export type DisconnectReason = keyof typeof DISCONNECT_CODES;

const REASONS: ReadonlyMap<number, DisconnectReason> = new Map(
  Object.entries(DISCONNECT_CODES).map(([reason, code]) => [code, reason as DisconnectReason]),
);

/** The reason with this code; undefined if the specification names none. */
export function disconnectReason(code: number): DisconnectReason | undefined {
  return REASONS.get(code);
}

/**
 * Disconnect: the reason's code. Written as a list; read as a list, as the bare integer that some clients send, or as
 * `requested` if the reason is left out.
 */
export const disconnect: MessageCodec<number> = {
  name: 'Disconnect',
  code: 0x01,
  maxBytes: 2048,
  encode: (code) => encodeRlp([code]),
  decode(payload) {
    if (payload.length === 0) return DISCONNECT_CODES.requested;
    const outer = rlpSequence(payload);
    const fields = outer.nextIsList() ? outer.list() : outer;
    if (!fields.hasNext()) return DISCONNECT_CODES.requested;
    const code = fields.number();
    if (code > 0xff) throw new DecodeError('bad-value', `a disconnect reason of ${code}`);
    return code;
  },
};
