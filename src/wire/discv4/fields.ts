import { bytesToBigInt, EMPTY_BYTES } from '../../base/bytes.js';
import { slabBytes } from '../../base/slab.js';
import { type RlpCursor, rlpSequence } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBytes, rlpNumber } from '../../codec/rlp-writer.js';
import type { Endpoint } from '../../types/endpoint.js';
import { ipFromBytes, ipToBytes } from '../../types/ip.js';

/** An endpoint as a packet states it. `ip` is undefined if it has neither 4 nor 16 bytes, as some clients leave it empty. */
export interface StatedEndpoint {
  readonly ip: string | undefined;
  readonly udpPort: number;
  readonly tcpPort: number;
}

/** Longest address accepted, one of IPv6. */
const MAX_IP_BYTES = 16;

/** The list of a packet, of encoded items, for as long as it takes to seal it. */
export const encodeFields = (encodedItems: readonly Uint8Array[]): Uint8Array =>
  encodeRlpList(encodedItems, 0, slabBytes);

/** A cursor over a packet's list; items behind the known ones and bytes behind the list are left alone (EIP-8). */
export function openFields(data: Uint8Array): RlpCursor {
  return rlpSequence(data).list();
}

/** The next item as an endpoint: `[ip, udp, tcp, ...]`. */
export function readEndpoint(fields: RlpCursor): StatedEndpoint {
  return readEndpointItems(fields.list());
}

/** The next three items as an endpoint. */
export function readEndpointItems(items: RlpCursor): StatedEndpoint {
  return { ip: ipFromBytes(items.bytesUpTo(MAX_IP_BYTES)), udpPort: readPort(items), tcpPort: readPort(items) };
}

function readPort(items: RlpCursor): number {
  return items.numberUpTo(2);
}

/** The next item as a time in seconds since 1970; what is too far off to be exact is given as 2^53 - 1. */
export function readExpiration(fields: RlpCursor): number {
  return Math.min(fields.numberUpTo(8), Number.MAX_SAFE_INTEGER);
}

/**
 * The optional sequence number behind the known fields (EIP-868). Packets older than that EIP may carry anything in its
 * place, so what can't be one counts as absent.
 */
export function readEnrSeq(fields: RlpCursor): bigint | undefined {
  if (!fields.hasNext() || fields.nextIsList()) return undefined;
  const bytes = fields.bytes();
  return bytes.length > 8 || bytes[0] === 0 ? undefined : bytesToBigInt(bytes);
}

/** The encoded items of an endpoint, without a list around them. */
export function endpointItems({
  ip,
  udpPort,
  tcpPort,
}: StatedEndpoint | Endpoint): [Uint8Array, Uint8Array, Uint8Array] {
  const ipBytes = (ip === undefined ? undefined : ipToBytes(ip)) ?? EMPTY_BYTES;
  return [rlpBytes(ipBytes), rlpNumber(udpPort), rlpNumber(tcpPort)];
}

/** An endpoint as an encoded list: `[ip, udp, tcp]`. */
export function endpointItem(endpoint: StatedEndpoint | Endpoint): Uint8Array {
  return encodeRlpList(endpointItems(endpoint));
}
