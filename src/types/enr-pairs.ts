import { DecodeError } from '../codec/decode-error.js';
import { type RlpCursor, rlpSequence } from '../codec/rlp-reader.js';
import { encodeRlp, rlpBytes, rlpNumber } from '../codec/rlp-writer.js';
import type { Endpoint } from './endpoint.js';
import type { ForkId } from './fork-id.js';
import { ipFromBytes, ipToBytes } from './ip.js';

/** The pairs that say where a node is (EIP-778): ip, tcp, udp, or their IPv6 namesakes. A port of 0 is left out. */
export function endpointPairs(endpoint: Endpoint): Map<string, Uint8Array> {
  const pairs = new Map<string, Uint8Array>();
  const ip = ipToBytes(endpoint.ip);
  if (ip === undefined) return pairs;
  const family = ip.length === 4 ? '' : '6';
  pairs.set(`ip${family}`, rlpBytes(ip));
  if (endpoint.tcpPort > 0) pairs.set(`tcp${family}`, rlpNumber(endpoint.tcpPort));
  if (endpoint.udpPort > 0) pairs.set(`udp${family}`, rlpNumber(endpoint.udpPort));
  return pairs;
}

/** The address in a record's pairs, IPv4 before IPv6, with port 0 where none is named; undefined without an address. Throws DecodeError. */
export function endpointOf(pairs: ReadonlyMap<string, Uint8Array>): Endpoint | undefined {
  for (const [family, length] of [
    ['', 4],
    ['6', 16],
  ] as const) {
    const ip = readPair(pairs, `ip${family}`, (item) => ipFromBytes(item.fixed(length)));
    if (ip === undefined) continue;
    // EIP-778: where an IPv6 port is not named, the IPv4 one holds for both.
    const tcpPort = readPort(pairs, `tcp${family}`) ?? readPort(pairs, 'tcp') ?? 0;
    const udpPort = readPort(pairs, `udp${family}`) ?? readPort(pairs, 'udp') ?? 0;
    return { ip, tcpPort, udpPort };
  }
  return undefined;
}

/** The pair that says on which chain a node is (devp2p enr-entries/eth.md): [[fork hash, next fork], ...]. */
export function forkIdPair(forkId: ForkId): [key: string, value: Uint8Array] {
  return ['eth', encodeRlp([[forkId.hash, forkId.next]])];
}

/** The fork id in a record's pairs, or undefined if there is none. What follows it is ignored. Throws DecodeError. */
export function forkIdOf(pairs: ReadonlyMap<string, Uint8Array>): ForkId | undefined {
  return readPair(pairs, 'eth', (item) => {
    const forkId = item.list().list();
    return { hash: forkId.fixed(4), next: forkId.bigint(8) };
  });
}

function readPort(pairs: ReadonlyMap<string, Uint8Array>, key: string): number | undefined {
  const port = readPair(pairs, key, (item) => item.number());
  if (port !== undefined && port > 65_535) throw new DecodeError('too-large', `port ${port}`);
  return port;
}

function readPair<T>(pairs: ReadonlyMap<string, Uint8Array>, key: string, read: (item: RlpCursor) => T): T | undefined {
  const value = pairs.get(key);
  return value === undefined ? undefined : read(rlpSequence(value));
}
