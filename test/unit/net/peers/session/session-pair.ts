import type { PublicKey } from '../../../../../src/base/brand.js';
import { createIdentity } from '../../../../../src/crypto/identity.js';
import type { Fault } from '../../../../../src/net/defense/fault.js';
import { PENALTIES } from '../../../../../src/net/defense/penalty.js';
import type { NetOutput } from '../../../../../src/net/io.js';
import { type Refusal, Session, type SessionConfig } from '../../../../../src/net/peers/session/session.js';
import type { CloseCause } from '../../../../../src/net/peers/session/session-state.js';
import type { Identity } from '../../../../../src/ports/identity.js';
import type { LocalCapability } from '../../../../../src/wire/capability.js';
import type { Channel } from '../../../../../src/wire/channel.js';
import { createPlainChannel } from '../../../../../src/wire/plain-wire.js';
import { createRlpxChannel } from '../../../../../src/wire/rlpx/channel.js';
import { seededRandom } from '../../../../support/seeded-random.js';

/** What happened at one end. */
export interface EndLog {
  readonly identified: PublicKey[];
  active: number;
  readonly messages: { readonly code: number; readonly payload: Uint8Array }[];
  readonly faults: Fault[];
  readonly closed: CloseCause[];
  readonly pauses: boolean[];
  /** How the stream was closed from this end. */
  streamClose: 'flush' | 'abort' | undefined;
}

/** One end: the session, its bytes not yet delivered, and what it told its owner. */
export interface End {
  readonly session: Session;
  readonly identity: Identity;
  readonly log: EndLog;
  readonly outbox: Uint8Array[];
}

/** How a pair differs from two ordinary peers. */
export interface PairOptions {
  readonly wire?: 'plain' | 'rlpx';
  readonly seed?: string;
  readonly refuse?: (remote: PublicKey) => Refusal | undefined;
  readonly dialer?: Partial<SessionConfig>;
  readonly listener?: Partial<SessionConfig>;
}

export const ETH: LocalCapability = { name: 'eth', version: 68, length: 17 };
/** Some time of day. */
export const T0 = 1_700_000_000_000;

const keyOf = (n: number): Identity => createIdentity(new Uint8Array(32).fill(n));

/** A dialer and a listener whose faults are charged by the real price list (disconnects only). */
export class SessionPair {
  readonly dialer: End;
  readonly listener: End;
  nowMs = T0;
  readonly #random;

  constructor(options: PairOptions = {}) {
    this.#random = seededRandom(options.seed ?? 'pair');
    const [a, b] = [keyOf(1), keyOf(2)];
    const channel = (identity: Identity, remote?: PublicKey): Channel => {
      const known = remote === undefined ? {} : { remote };
      return options.wire === 'rlpx'
        ? createRlpxChannel({ identity, random: this.#random.fork(identity.nodeId), ...known })
        : createPlainChannel({ publicKey: identity.publicKey, ...known });
    };
    this.dialer = makeEnd(a, channel(a, b.publicKey), { direction: 'out', expected: b.publicKey, ...options.dialer });
    this.listener = makeEnd(b, channel(b), { direction: 'in', ...options.listener }, options.refuse);
  }

  /** Opens the stream and delivers until nothing moves. */
  connect(): this {
    this.dialer.session.onStreamOpened(this.nowMs);
    return this.deliver();
  }

  /** Carries bytes both ways, cut at random, until both outboxes are empty. */
  deliver(): this {
    while (this.dialer.outbox.length + this.listener.outbox.length > 0) {
      this.#carry(this.dialer, this.listener);
      this.#carry(this.listener, this.dialer);
    }
    return this;
  }

  /** Advances the clock in steps of 100 ms, ticking both ends and delivering. */
  advance(ms: number, deliver = true): this {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs += 100;
      this.dialer.session.tick(this.nowMs);
      this.listener.session.tick(this.nowMs);
      if (deliver) this.deliver();
    }
    return this;
  }

  #carry(from: End, to: End): void {
    for (let data = from.outbox.shift(); data !== undefined; data = from.outbox.shift()) {
      for (let at = 0; at < data.length; ) {
        const size = 1 + this.#random.below(data.length - at);
        to.session.onData(this.nowMs, data.subarray(at, at + size));
        at += size;
      }
    }
    if (from.log.streamClose !== undefined) {
      to.session.onStreamClosed(this.nowMs, { kind: 'stream', error: undefined });
    }
  }
}

/** One end on its own, whose bytes go to `outbox`. */
export function makeEnd(
  identity: Identity,
  channel: Channel,
  config: Partial<SessionConfig>,
  refuse: (remote: PublicKey) => Refusal | undefined = () => undefined,
): End {
  const log: EndLog = {
    ...{ identified: [], active: 0, messages: [], faults: [], closed: [], pauses: [], streamClose: undefined },
  };
  const outbox: Uint8Array[] = [];
  const emit = (output: NetOutput): void => {
    if (output.kind === 'stream-write') outbox.push(output.data);
    else if (output.kind === 'stream-close') log.streamClose = output.abort ? 'abort' : 'flush';
    else if (output.kind === 'stream-pause') log.pauses.push(output.paused);
  };
  const handler = {
    onIdentified: (_nowMs: number, _session: Session, remote: PublicKey) => {
      log.identified.push(remote);
      return refuse(remote);
    },
    onActive: () => {
      log.active++;
    },
    onMessage: (_nowMs: number, _session: Session, _shared: unknown, code: number, payload: Uint8Array) => {
      log.messages.push({ code, payload });
    },
    onFault: (nowMs: number, session: Session, fault: Fault) => {
      log.faults.push(fault);
      const reason = PENALTIES[fault.code].disconnect;
      if (reason !== undefined) session.close(nowMs, reason, { kind: 'fault', fault });
    },
    onClosed: (_nowMs: number, _session: Session, cause: CloseCause) => {
      log.closed.push(cause);
    },
  };
  const session = new Session(T0, channel, emit, handler, {
    conn: 1,
    remote: { ip: '127.0.0.1', port: 1 },
    direction: 'in',
    expected: undefined,
    hello: {
      p2pVersion: 5,
      clientId: 'test/v1',
      capabilities: [{ name: 'eth', version: 68 }],
      listenPort: 30303,
      publicKey: identity.publicKey,
    },
    capabilities: [ETH],
    ...config,
  });
  return { session, identity, log, outbox };
}
