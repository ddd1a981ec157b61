import type { NodeEvent } from '../node/output.js';
import type { ChannelTap } from './machines/tapped-channel.js';
import type { World } from './world.js';

/** Looks at worlds while they run, between two of their events. It never acts on them, and so changes no digest. */
export interface Watch {
  /** A world was made; the ones before it are over. */
  begin(world: World): void;
  /** A node told its host something, in its first or a later life. */
  onEvent(node: string, event: NodeEvent, life: number): void;
  /** A node opens a connection; who looks on, if somebody does. */
  onChannel?(node: string): ChannelTap | undefined;
  /** The scenario names a moment of its plot. */
  onMoment(name: string): void;
  /** When it wants to look next, by the world's clock. */
  nextLookMs(): number;
  /** Looks, and sets the next time; may throw {@link RunStopped}. */
  look(): void;
}

const NOBODY: Watch = {
  begin: () => undefined,
  onEvent: () => undefined,
  onMoment: () => undefined,
  nextLookMs: () => Number.POSITIVE_INFINITY,
  look: () => undefined,
};

/** A watch that also tells `onEvent`, and does whatever `watch` does, if there is one. */
export function alsoTelling(watch: Watch = NOBODY, onEvent: Watch['onEvent']): Watch {
  return {
    ...watch,
    onEvent(...told) {
      onEvent(...told);
      watch.onEvent(...told);
    },
  };
}

/** Why a run was ended from outside its scenario. */
export type Stop =
  /** It came to the virtual time that was asked for. */
  | { readonly kind: 'cut'; readonly atMs: number; readonly events: number }
  | {
      readonly kind: 'violation';
      readonly invariant: string;
      readonly detail: string;
      readonly atMs: number;
      readonly events: number;
    };

/** Thrown by a look to end the run; whoever started it catches it. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(stop.kind === 'cut' ? 'cut' : `${stop.invariant}: ${stop.detail}`);
    this.stop = stop;
  }
}
