import type { PublicKey } from '../../../base/brand.js';
import { DecodeError } from '../../../codec/decode-error.js';
import type { SocketAddress } from '../../../types/endpoint.js';
import {
  BASE_PROTOCOL_LENGTH,
  capabilityOf,
  type LocalCapability,
  negotiate,
  type SharedCapability,
} from '../../../wire/capability.js';
import { type Channel, type ChannelEvent, MAX_HELLO_BYTES, MAX_MESSAGE_BYTES } from '../../../wire/channel.js';
import { DISCONNECT_CODES, type DisconnectReason, disconnect, disconnectReason } from '../../../wire/p2p/disconnect.js';
import { type Hello, hello, P2P_VERSION } from '../../../wire/p2p/hello.js';
import { ping } from '../../../wire/p2p/ping.js';
import { pong } from '../../../wire/p2p/pong.js';
import type { Fault } from '../../defense/fault.js';
import type { ConnId, Emit } from '../../io.js';
import { helloFault, messageFault, transportFault } from './session-faults.js';
import { type CloseCause, HANDSHAKE_STEP_MS, type SessionState, STAGE_OF } from './session-state.js';
import { SessionTraffic } from './session-traffic.js';

/** A refusal by policy, before or after Hello. */
export interface Refusal {
  readonly reason: DisconnectReason;
  readonly detail: string;
}

/** What a session tells its owner. A handler may close the session; it must not feed it. */
export interface SessionHandler {
  /** The peer proved its key. A refusal is sent instead of our Hello. */
  onIdentified(nowMs: number, session: Session, remote: PublicKey): Refusal | undefined;
  /** Both Hellos are exchanged and there is something to talk about. */
  onActive(nowMs: number, session: Session): void;
  /** A subprotocol's message; `code` is relative to it. May throw DecodeError. */
  onMessage(nowMs: number, session: Session, capability: SharedCapability, code: number, payload: Uint8Array): void;
  /** The peer did something wrong; the handler decides what it costs and may close. */
  onFault(nowMs: number, session: Session, fault: Fault): void;
  /** The session is over: said once, when the state becomes `closing`. */
  onClosed(nowMs: number, session: Session, cause: CloseCause): void;
}

/** What a session is made for. */
export interface SessionConfig {
  readonly conn: ConnId;
  readonly remote: SocketAddress;
  readonly direction: 'in' | 'out';
  /** Whom we dialed; undefined for inbound ones. */
  readonly expected: PublicKey | undefined;
  /** Our side of Hello. */
  readonly hello: Hello;
  readonly capabilities: readonly LocalCapability[];
}

/**
 * One connection from dial or accept to its end: RLPx, Hello, then messages. Every way out goes through `close` or
 * `onStreamClosed`, and every exception of a decoder ends here as a Fault.
 */
export class Session {
  readonly config: SessionConfig;
  readonly traffic: SessionTraffic;
  readonly #channel: Channel;
  readonly #emit: Emit;
  readonly #handler: SessionHandler;
  #state: SessionState;
  #established = false;

  constructor(nowMs: number, channel: Channel, emit: Emit, handler: SessionHandler, config: SessionConfig) {
    this.config = config;
    this.traffic = new SessionTraffic(nowMs, config.direction);
    this.#channel = channel;
    this.#emit = emit;
    this.#handler = handler;
    this.#state = config.direction === 'out' ? { kind: 'connecting' } : rlpxState(nowMs);
  }

  get conn(): ConnId {
    return this.config.conn;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The TCP stream of a dialed session is open: starts RLPx. */
  onStreamOpened(nowMs: number): void {
    if (this.#state.kind !== 'connecting') return;
    this.#state = rlpxState(nowMs);
    try {
      const first = this.#channel.open();
      if (first !== undefined) this.#write(nowMs, first);
    } catch (error) {
      // The key that we were told to dial is none.
      if (!(error instanceof DecodeError)) throw error;
      this.#fault(nowMs, transportFault(error, this.#established));
    }
  }

  onData(nowMs: number, data: Uint8Array): void {
    if (this.#isClosing()) return;
    this.traffic.onRead(nowMs, data.length);
    try {
      for (const event of this.#channel.feed(data)) {
        this.#onEvent(nowMs, event);
        if (this.#isClosing()) return;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#fault(nowMs, transportFault(error, this.#established));
    }
  }

  /** The stream is gone: by the peer, by an error, or because we closed it. */
  onStreamClosed(nowMs: number, cause: CloseCause): void {
    this.#end(nowMs, cause);
  }

  onWritable(nowMs: number, writable: boolean): void {
    this.traffic.setFull(nowMs, !writable);
  }

  /** Seals and writes a message of a shared subprotocol. Of no effect unless active. */
  send(nowMs: number, protocol: string, code: number, payload: Uint8Array): void {
    if (this.#state.kind !== 'active') return;
    const capability = this.#state.shared.find(({ name }) => name === protocol);
    if (capability !== undefined) this.#seal(nowMs, capability.offset + code, payload);
  }

  setReadPaused(nowMs: number, paused: boolean): void {
    if (!this.#isClosing() && this.traffic.setPausedByEth(nowMs, paused)) this.#emitPause(paused);
  }

  /** Ends the session: Disconnect with `reason` where the peer can read one, then the stream closes. */
  close(nowMs: number, reason: DisconnectReason, cause: CloseCause): void {
    if (this.#isClosing()) return;
    const opened = this.#state.kind !== 'connecting';
    const writable = this.#established && this.traffic.queuedBytes === 0;
    if (writable) {
      const data = this.#channel.seal(disconnect.code, disconnect.encode(DISCONNECT_CODES[reason]));
      this.traffic.onWrite(data.length);
      this.#emit({ kind: 'stream-write', conn: this.conn, data });
    }
    this.#emit({ kind: 'stream-close', conn: this.conn, abort: !opened || !writable });
    this.#end(nowMs, cause);
  }

  tick(nowMs: number): void {
    const state = this.#state;
    if (state.kind === 'rlpx' || state.kind === 'hello') {
      if (nowMs >= state.deadlineMs) this.#fault(nowMs, { code: 'handshake-timeout', stage: STAGE_OF[state.kind] });
      return;
    }
    if (state.kind !== 'active') return;
    switch (this.traffic.due(nowMs)) {
      case 'ping':
        this.traffic.onPingSent(nowMs);
        this.#seal(nowMs, ping.code, ping.encode(undefined));
        break;
      case 'resume':
        this.#emitPause(false);
        break;
      case 'idle':
        this.#fault(nowMs, { code: 'idle-timeout' });
        break;
      case 'not-reading':
        this.#fault(nowMs, { code: 'write-overflow', queuedBytes: this.traffic.queuedBytes });
        break;
      case undefined:
        break;
    }
  }

  /** When `tick` is due. A dial has its own deadline at the host. */
  nextWake(): number {
    const state = this.#state;
    if (state.kind === 'rlpx' || state.kind === 'hello') return state.deadlineMs;
    return state.kind === 'active' ? this.traffic.nextWake() : Number.POSITIVE_INFINITY;
  }

  #onEvent(nowMs: number, event: ChannelEvent): void {
    if (event.kind === 'established') this.#onEstablished(nowMs, event.remote, event.send);
    else this.#onMessage(nowMs, event.code, event.payload);
  }

  #onEstablished(nowMs: number, remote: PublicKey, send: Uint8Array | undefined): void {
    if (send !== undefined) this.#write(nowMs, send);
    this.#established = true;
    this.#state = { kind: 'hello', deadlineMs: nowMs + HANDSHAKE_STEP_MS, remote };
    const refusal = this.#handler.onIdentified(nowMs, this, remote);
    if (refusal !== undefined)
      this.close(nowMs, refusal.reason, { kind: 'local', reason: refusal.reason, detail: refusal.detail });
    else if (!this.#isClosing()) this.#seal(nowMs, hello.code, hello.encode(this.config.hello));
  }

  #onMessage(nowMs: number, code: number, payload: Uint8Array): void {
    this.traffic.messagesIn++;
    if (code < BASE_PROTOCOL_LENGTH) this.#onBaseMessage(nowMs, code, payload);
    else if (this.#state.kind === 'active') this.#onProtocolMessage(nowMs, this.#state.shared, code, payload);
    else this.#unexpected(nowMs, `message ${code}`);
  }

  #onProtocolMessage(nowMs: number, shared: readonly SharedCapability[], code: number, payload: Uint8Array): void {
    const capability = capabilityOf(shared, code);
    if (capability === undefined) {
      this.#fault(nowMs, { code: 'unknown-message', messageCode: code });
      return;
    }
    if (this.traffic.takeMessage(nowMs)) this.#emitPause(true);
    const relative = code - capability.offset;
    this.#decoding(nowMs, `${capability.name}/${capability.version} message ${relative}`, () =>
      this.#handler.onMessage(nowMs, this, capability, relative, payload),
    );
  }

  #onBaseMessage(nowMs: number, code: number, payload: Uint8Array): void {
    if (code === disconnect.code) this.#onDisconnect(nowMs, payload);
    else if (code === hello.code) this.#onHello(nowMs, payload);
    else if (this.#state.kind !== 'active') this.#unexpected(nowMs, `base message ${code}`);
    else if (!this.traffic.takeBase(nowMs)) this.#fault(nowMs, { code: 'message-flood', message: 'base' });
    else if (code === ping.code) this.#seal(nowMs, pong.code, pong.encode(undefined));
    else if (code === pong.code) this.traffic.onPong(nowMs);
    // The other base codes are reserved: ignored, so that a newer peer may use them.
  }

  #onHello(nowMs: number, payload: Uint8Array): void {
    const state = this.#state;
    if (state.kind === 'hello') this.#decoding(nowMs, hello.name, () => this.#greet(nowMs, state.remote, payload));
    else this.#unexpected(nowMs, hello.name);
  }

  #greet(nowMs: number, remote: PublicKey, payload: Uint8Array): void {
    const theirs = hello.decode(payload);
    const shared = negotiate(this.config.capabilities, theirs.capabilities);
    const fault = helloFault(theirs, remote, shared);
    if (theirs.p2pVersion >= P2P_VERSION)
      this.#channel.enableSnappy((code) => (code < BASE_PROTOCOL_LENGTH ? MAX_HELLO_BYTES : MAX_MESSAGE_BYTES));
    if (fault !== undefined) {
      this.#fault(nowMs, fault);
      return;
    }
    this.#state = { kind: 'active', sinceMs: nowMs, remote, hello: theirs, shared };
    this.traffic.activate(nowMs);
    this.#handler.onActive(nowMs, this);
  }

  #onDisconnect(nowMs: number, payload: Uint8Array): void {
    let code: number = DISCONNECT_CODES.requested;
    try {
      code = disconnect.decode(payload);
    } catch (error) {
      // It wants to go; how badly it says so does not matter.
      if (!(error instanceof DecodeError)) throw error;
    }
    this.#emit({ kind: 'stream-close', conn: this.conn, abort: false });
    this.#end(nowMs, { kind: 'remote', reason: disconnectReason(code), code });
  }

  /** Runs `decode`; what it can't decode is the peer's fault. */
  #decoding(nowMs: number, message: string, decode: () => void): void {
    try {
      decode();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#fault(nowMs, messageFault(error, message));
    }
  }

  #unexpected(nowMs: number, message: string): void {
    this.#fault(nowMs, { code: 'unexpected-message', message, state: this.#state.kind });
  }

  #fault(nowMs: number, fault: Fault): void {
    if (!this.#isClosing()) this.#handler.onFault(nowMs, this, fault);
  }

  #seal(nowMs: number, code: number, payload: Uint8Array): void {
    this.traffic.messagesOut++;
    this.#write(nowMs, this.#channel.seal(code, payload));
  }

  #write(nowMs: number, data: Uint8Array): void {
    if (this.traffic.onWrite(data.length)) this.#emit({ kind: 'stream-write', conn: this.conn, data });
    else this.#fault(nowMs, { code: 'write-overflow', queuedBytes: this.traffic.queuedBytes });
  }

  #emitPause(paused: boolean): void {
    this.#emit({ kind: 'stream-pause', conn: this.conn, paused });
  }

  #isClosing(): boolean {
    return this.#state.kind === 'closing';
  }

  #end(nowMs: number, cause: CloseCause): void {
    if (this.#isClosing()) return;
    this.#state = { kind: 'closing', cause };
    this.#handler.onClosed(nowMs, this, cause);
  }
}

function rlpxState(nowMs: number): SessionState {
  return { kind: 'rlpx', deadlineMs: nowMs + HANDSHAKE_STEP_MS };
}
