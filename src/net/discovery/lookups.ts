import type { PublicKey } from '../../base/brand.js';
import type { IdentityScheme } from '../../ports/identity.js';
import type { Neighbor } from '../../wire/discv4/neighbor.js';
import type { Client } from './client.js';
import type { Counters } from './counters.js';
import type { LookupDone, NodeRecord } from './discovery.js';
import { Lookup, SINGLE_PATH } from './lookup.js';
import type { NodeTable } from './table.js';

/** Lookups that wait for their turn: more than a refresh asks for. */
const MAX_WAITING = 8;

/** What lookups need from the rest of discovery. */
export interface LookupsDeps {
  readonly self: NodeRecord['nodeId'];
  readonly scheme: IdentityScheme;
  readonly table: NodeTable;
  readonly client: Client;
  readonly counters: Counters;
  /** The nodes of an answer that may be spoken to. */
  readonly heardOf: (from: NodeRecord, nodes: readonly Neighbor[]) => readonly NodeRecord[];
  /** Others were named in an answer. */
  readonly onHeardOf: (nowMs: number, nodes: readonly NodeRecord[]) => void;
  /** A node, known or not, has answered a query. */
  readonly onAnswer: (nowMs: number, node: NodeRecord) => void;
  /** A node of the table answers pings but no queries, and its bucket has others. */
  readonly onUseless: (nowMs: number, nodeId: NodeRecord['nodeId']) => void;
}

interface Job {
  readonly target: PublicKey;
  readonly onDone: LookupDone;
}

/** Runs lookups one after the other: so there is never more than one FINDNODE to a node, and traffic stays even. */
export class Lookups {
  readonly #deps: LookupsDeps;
  readonly #waiting: Job[] = []; // BOUNDED: by MAX_WAITING
  #current: { readonly job: Job; readonly lookup: Lookup } | undefined;
  #advancing = false;

  constructor(deps: LookupsDeps) {
    this.#deps = deps;
  }

  /** True if no lookup runs. */
  isIdle(): boolean {
    return this.#current === undefined;
  }

  /** Runs a lookup as soon as those before it are done. Beyond {@link MAX_WAITING} it ends at once, with nothing. */
  start(nowMs: number, target: PublicKey, onDone: LookupDone): void {
    if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push({ target, onDone });
      this.#advance(nowMs);
    } else {
      onDone(nowMs, [], { hops: 0, queries: 0 });
    }
  }

  /** Asks whom it can and moves on to the next lookup when one is done. Answers that come at once do not nest. */
  #advance(nowMs: number): void {
    if (this.#advancing) return;
    this.#advancing = true;
    for (let busy = true; busy; ) busy = this.#askAll(nowMs) || this.#finish(nowMs) || this.#begin();
    this.#advancing = false;
  }

  #begin(): boolean {
    if (this.#current !== undefined) return false;
    const job = this.#waiting.shift();
    if (job === undefined) return false;
    const { counters, scheme, self, table } = this.#deps;
    counters.lookups++;
    const target = scheme.nodeIdOf(job.target);
    const seeds = table.closest(target, SINGLE_PATH.k * SINGLE_PATH.paths);
    this.#current = { job, lookup: new Lookup(self, target, seeds) };
    return true;
  }

  #askAll(nowMs: number): boolean {
    const current = this.#current;
    const node = current?.lookup.next();
    if (current === undefined || node === undefined) return false;
    const { client, heardOf, onAnswer, onHeardOf, onUseless, table } = this.#deps;
    client.findNode(nowMs, node, current.job.target, (doneAtMs, nodes) => {
      if (table.countQuery(node.nodeId, nodes !== undefined) === 'useless') onUseless(doneAtMs, node.nodeId);
      if (nodes === undefined) {
        current.lookup.failed(node.nodeId);
      } else {
        onAnswer(doneAtMs, node);
        const heard = heardOf(node, nodes);
        current.lookup.answered(node.nodeId, heard);
        onHeardOf(doneAtMs, heard);
      }
      this.#advance(doneAtMs);
    });
    return true;
  }

  #finish(nowMs: number): boolean {
    if (this.#current?.lookup.isDone() !== true) return false;
    const { job, lookup } = this.#current;
    this.#current = undefined;
    job.onDone(nowMs, lookup.closest(), lookup.effort());
    return true;
  }
}
