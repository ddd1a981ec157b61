import type { PublicKey } from '../base/brand.js';
import { parsePublicKey } from '../base/hex.js';
import { err, ok, type Result } from '../base/result.js';
import type { Endpoint } from './endpoint.js';
import { canonicalIp } from './ip.js';

/** A node as an enode URL names it. Without `endpoint` it is valid but cannot be dialled. */
export interface Enode {
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint | undefined;
}

/** Why a text is no enode URL: one code, a message that names the part. */
export interface EnodeError {
  readonly code: 'enode-malformed';
  readonly message: string;
}

const ENODE = /^enode:\/\/([0-9a-f]{128})(?:@(.+):(\d{1,5})(?:\?discport=(\d{1,5}))?)?$/i;
const MAX_PORT = 65_535;

/**
 * The node that an enode URL names: `enode://<128 hex digits>@<ip>:<tcp port>[?discport=<udp port>]`, IPv6 in brackets.
 * Host names are refused: whoever answers for a name would decide who our peers are.
 */
export function parseEnode(url: string): Result<Enode, EnodeError> {
  const match = ENODE.exec(url);
  if (match === null) return malformed('expected enode://<128 hex digits>@<ip>:<port>[?discport=<port>]');
  const [, key, host, tcp, udp] = match;
  const publicKey = parsePublicKey(`0x${key}`);
  if (publicKey === undefined) return malformed('the public key is not 128 hex digits');
  if (host === undefined) return ok({ publicKey, endpoint: undefined });
  const ip = parseHost(host);
  if (ip === undefined) return malformed(`${host} is not an IP address`);
  const tcpPort = Number(tcp);
  const udpPort = udp === undefined ? tcpPort : Number(udp);
  if (tcpPort > MAX_PORT || udpPort > MAX_PORT) return malformed(`a port is above ${MAX_PORT}`);
  return ok({ publicKey, endpoint: { ip, udpPort, tcpPort } });
}

/** The URL of a node; {@link parseEnode} gives the same node back. */
export function formatEnode(enode: Enode): string {
  const url = `enode://${enode.publicKey.slice(2)}`;
  if (enode.endpoint === undefined) return url;
  const { ip, tcpPort, udpPort } = enode.endpoint;
  const discport = udpPort === tcpPort ? '' : `?discport=${udpPort}`;
  return `${url}@${ip.includes(':') ? `[${ip}]` : ip}:${tcpPort}${discport}`;
}

/** IPv4 as it is, IPv6 in brackets. */
function parseHost(host: string): string | undefined {
  const bracketed = host.startsWith('[') && host.endsWith(']');
  const ip = canonicalIp(bracketed ? host.slice(1, -1) : host);
  return bracketed === host.includes(':') ? ip : undefined;
}

function malformed(message: string): Result<Enode, EnodeError> {
  return err({ code: 'enode-malformed', message });
}
