import type { Random } from '../../ports/random.js';
import { exponential, logNormal, weibull } from '../distributions.js';
import type { SimNode } from '../machines/sim-node.js';
import type { World } from '../world.js';

/** How nodes come and go. */
export interface ChurnConfig {
  /** Sessions that end in an hour for each node that is there, on average. */
  readonly endsPerHour: number;
  /** Half of the pauses are shorter. */
  readonly offMedianMs: number;
}

/** Nodes that come and go. */
export interface Churn {
  /** Nobody leaves any more; who is away still comes back. */
  end(): void;
  /** Sessions that ended so far. */
  ended(): number;
  /** Nodes that came back so far. */
  returned(): number;
}

/**
 * The shape of the Weibull distribution of sessions. That they are neither exponential nor Pareto, but Weibull or log-normal with a heavy tail, is what
 * Stutzbach and Rejaie measured in Gnutella, BitTorrent and Kad ("Understanding Churn in Peer-to-Peer Networks", IMC 2006),
 * and Steiner, En-Najjary and Biersack in Kad ("A Global View of Kad", IMC 2007): most sessions are short, most nodes that one meets stay for long.
 */
const SHAPE = 0.5;
/** The mean of a Weibull distribution of this shape, over its scale: gamma(1 + 1/shape), which is gamma(3). */
const MEAN_OF_SCALE = 2;
/** Of the logarithm of pauses: a restart takes a minute, a night ten hours. */
const OFF_SIGMA = 1.5;
/** How sessions end, as shares: a polite stop, a killed process; the rest lose their power and tell nobody. */
const STOPPED = 0.5;
const KILLED = 0.35;

/** A whole session in the middle of which one looks: long ones are met more often. For the shape 1/2, (x/scale)^(1/2) of such is gamma(3) distributed. */
function metSession(random: Random, scale: number): number {
  const gamma3 = exponential(random, 1) + exponential(random, 1) + exponential(random, 1);
  return scale * gamma3 ** (1 / SHAPE);
}

/** A pause in the middle of which one looks: a log-normal one stays log-normal. */
const metPause = (random: Random, medianMs: number): number =>
  logNormal(random, medianMs * Math.exp(OFF_SIGMA ** 2), OFF_SIGMA);

/**
 * Lets `nodes`, all of them running, come and go from now on as if they had always done so: the right share of them leaves at once, and
 * what is left of the sessions of the others is as it is found in a network that is old.
 */
export function beginChurn(world: World, nodes: readonly SimNode[], config: ChurnConfig, random: Random): Churn {
  const meanSessionMs = 3_600_000 / config.endsPerHour;
  const meanOffMs = config.offMedianMs * Math.exp(OFF_SIGMA ** 2 / 2);
  const scale = meanSessionMs / MEAN_OF_SCALE;
  let on = true;
  let ended = 0;
  let returned = 0;

  function leaveAfter(node: SimNode, luck: Random, ms: number): void {
    world.after(ms, () => {
      if (!on || !node.running()) return;
      ended++;
      leave(node, luck);
      returnAfter(node, luck, logNormal(luck, config.offMedianMs, OFF_SIGMA));
    });
  }

  function returnAfter(node: SimNode, luck: Random, ms: number): void {
    world.after(ms, () => {
      if (node.running()) return;
      returned++;
      node.start();
      leaveAfter(node, luck, weibull(luck, SHAPE, scale));
    });
  }

  for (const node of nodes) {
    const luck = random.fork(node.name);
    if (luck.float() < meanOffMs / (meanOffMs + meanSessionMs)) {
      node.stop();
      returnAfter(node, luck, luck.float() * metPause(luck, config.offMedianMs));
    } else leaveAfter(node, luck, luck.float() * metSession(luck, scale));
  }
  return {
    end() {
      on = false;
    },
    ended: () => ended,
    returned: () => returned,
  };
}

function leave(node: SimNode, luck: Random): void {
  const lot = luck.float();
  if (lot < STOPPED) node.stop();
  else if (lot < STOPPED + KILLED) node.kill();
  else node.unplug();
}
