import { rlpNumber } from '../../codec/rlp-writer.js';
import type { Identity } from '../../ports/identity.js';
import { type Endpoint, type SocketAddress, withTcpPort } from '../../types/endpoint.js';
import { type Enr, signEnr } from '../../types/enr.js';
import { endpointPairs } from '../../types/enr-pairs.js';
import { EndpointVotes } from './endpoint-votes.js';

/** Addresses that stand for "not known". */
const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Our own record: signed again, under the next number, whenever something in it changes (EIP-778). */
export class LocalRecord {
  readonly #identity: Identity;
  readonly #pairs: Map<string, Uint8Array>; // BOUNDED: our own entries only
  readonly #votes = new EndpointVotes();
  #endpoint: Endpoint;
  /** False if the address was given to us: then others' opinions do not count. */
  #votable: boolean;
  #enr: Enr;
  /** False while we say that we can't be dialed. */
  #dialable = true;

  constructor(identity: Identity, seq: bigint, endpoint: Endpoint, pairs: ReadonlyMap<string, Uint8Array>) {
    this.#identity = identity;
    this.#pairs = new Map(pairs);
    this.#endpoint = endpoint;
    this.#votable = UNSPECIFIED.has(endpoint.ip);
    this.#enr = signEnr(identity, seq, this.#allPairs());
  }

  /** Where we are, as far as we know; without a TCP port while we can't be dialed. */
  endpoint(): Endpoint {
    return this.#dialable ? this.#endpoint : withTcpPort(this.#endpoint, 0);
  }

  /** True if our address was not given to us. */
  isVotable(): boolean {
    return this.#votable;
  }

  /** Says that we can or can't be dialed. True if that has changed our record. */
  setDialable(dialable: boolean): boolean {
    if (dialable === this.#dialable) return false;
    this.#dialable = dialable;
    this.#sign();
    return true;
  }

  enr(): Enr {
    return this.#enr;
  }

  /** Sets the address; an unspecified ip leaves it to what others see. */
  setEndpoint(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    this.#votable = UNSPECIFIED.has(endpoint.ip);
    this.#sign();
  }

  setPair(key: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#pairs.delete(key);
    else this.#pairs.set(key, value);
    this.#sign();
  }

  /** A node in the subnet `voter` has seen us at `address`. True if that has changed our record. */
  vote(nowMs: number, voter: string, address: SocketAddress): boolean {
    if (!this.#votable) return false;
    this.#votes.add(nowMs, voter, address);
    const winner = this.#votes.winner(nowMs);
    if (winner === undefined) return false;
    const seq = this.#enr.seq;
    this.#endpoint = { ip: winner.ip, udpPort: winner.port, tcpPort: this.#endpoint.tcpPort };
    this.#sign();
    return this.#enr.seq !== seq;
  }

  #allPairs(): Map<string, Uint8Array> {
    const endpoint = this.endpoint();
    const { ip, tcpPort, udpPort } = endpoint;
    const pairs = UNSPECIFIED.has(ip)
      ? new Map([...(tcpPort > 0 ? [['tcp', rlpNumber(tcpPort)] as const] : []), ['udp', rlpNumber(udpPort)] as const])
      : endpointPairs(endpoint);
    return new Map([...pairs, ...this.#pairs]);
  }

  /** Signs anew if anything differs from what is signed. */
  #sign(): void {
    const candidate = signEnr(this.#identity, this.#enr.seq, this.#allPairs());
    if (Buffer.compare(candidate.raw, this.#enr.raw) === 0) return;
    this.#enr = signEnr(this.#identity, this.#enr.seq + 1n, this.#allPairs());
  }
}
