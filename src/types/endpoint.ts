/** An address that TCP or UDP can reach. `ip` is dotted IPv4 or lower-case canonical IPv6, never a host name. */
export interface SocketAddress {
  readonly ip: string;
  readonly port: number;
}

/** A node's address as discv4 tells it: one ip, a UDP and a TCP port (0 if it has none). */
export interface Endpoint {
  readonly ip: string;
  readonly udpPort: number;
  readonly tcpPort: number;
}

/** The same ip and UDP port with another TCP port. */
export function withTcpPort({ ip, udpPort }: Endpoint, tcpPort: number): Endpoint {
  return { ip, udpPort, tcpPort };
}
