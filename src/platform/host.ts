import type { NodeInput } from '../node/input.js';
import type { Node } from '../node/node.js';
import type { NodeEvent, NodeOutput } from '../node/output.js';
import type { JobRunner } from './jobs.js';
import type { TcpHost } from './tcp.js';
import type { UdpHost } from './udp.js';

/** setTimeout takes no more than this (2^31 - 1 ms). */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** The parts that carry out what the node asks for. */
export interface HostDeps {
  readonly tcp: TcpHost;
  readonly udp: UdpHost;
  readonly jobs: JobRunner;
  readonly onEvent: (event: NodeEvent) => void;
  readonly onFatal: (fatal: Extract<NodeOutput, { kind: 'fatal' }>) => void;
}

/** Drives one node in real time. */
export interface Host {
  /** Runs a step with `input` now, or right after the step that is running. */
  deliver(input: NodeInput): void;
  /** Runs `command` on the node as a step of its own and carries out what it asks for. */
  execute<T>(command: (node: Node, nowMs: number) => T): T;
  /** Milliseconds since the epoch; never goes back while the process lives. */
  nowMs(): number;
  /** No more wakes; inputs that still arrive are dropped. */
  halt(): void;
}

/** Creates the host of `node`; nothing happens before the first input or command. */
export function createHost(node: Node, deps: HostDeps): Host {
  // BOUNDED: holds only inputs that arise while one step runs, which are emptied before control returns.
  const waiting: NodeInput[] = [];
  let stepping = false;
  let halted = false;
  let latestMs = 0;
  let readAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;

  /**
   * The system's time. When that is set back, time goes on at half its speed until the system has caught up: deadlines are still met, and
   * budgets still fill.
   */
  function nowMs(): number {
    const elapsedMs = performance.now() - readAtMs;
    readAtMs += elapsedMs;
    latestMs = Math.max(Date.now(), latestMs + elapsedMs / 2);
    return Math.floor(latestMs);
  }

  function perform(output: NodeOutput): void {
    switch (output.kind) {
      case 'send-datagram':
        deps.udp.send(output.to, output.data);
        return;
      case 'start-job':
        deps.jobs.start(output.id, output.job);
        return;
      case 'cancel-job':
        deps.jobs.cancel(output.id);
        return;
      case 'event':
        deps.onEvent(output.event);
        return;
      case 'fatal':
        deps.onFatal(output);
        return;
      default:
        deps.tcp.perform(output);
    }
  }

  function scheduleWake(): void {
    const wakeAtMs = node.nextWake();
    if (wakeAtMs >= timerAtMs) return;
    clearTimeout(timer);
    timerAtMs = wakeAtMs;
    // A timer would come a millisecond late; what arrived in this turn still goes first.
    if (wakeAtMs <= nowMs()) setImmediate(onTimer);
    else timer = setTimeout(onTimer, Math.min(MAX_TIMEOUT_MS, Math.max(0, wakeAtMs - nowMs())));
  }

  function onTimer(): void {
    timerAtMs = Number.POSITIVE_INFINITY;
    deliver({ kind: 'wake' });
  }

  function settle(): void {
    for (;;) {
      for (const output of node.drain()) perform(output);
      const input = waiting.shift();
      if (input === undefined) break;
      node.step(nowMs(), input);
    }
    if (!halted) scheduleWake();
  }

  function deliver(input: NodeInput): void {
    if (halted) return;
    if (stepping) {
      waiting.push(input);
      return;
    }
    stepping = true;
    try {
      node.step(nowMs(), input);
      settle();
    } finally {
      stepping = false;
    }
  }

  return {
    deliver,
    nowMs,
    execute(command) {
      if (stepping) return command(node, nowMs());
      stepping = true;
      try {
        const result = command(node, nowMs());
        settle();
        return result;
      } finally {
        stepping = false;
      }
    },
    halt() {
      halted = true;
      clearTimeout(timer);
    },
  };
}
