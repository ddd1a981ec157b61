import { BUCKET_COUNT } from '../../net/discovery/table.js';
import type { SimNode } from '../machines/sim-node.js';
import type { World } from '../world.js';
import { evenChoice } from './choose-nodes.js';
import { createConnectionMatrix } from './connection-matrix.js';
import type { Moment, Observation, Sample } from './observation.js';
import { ObservedBlocks } from './observed-blocks.js';
import { sampleNode } from './sample-node.js';
import type { Recorder } from './watch-run.js';

/** Nodes looked at; of more an even choice. */
const MAX_TRACKED = 300;
/** Nodes in a picture of connections: more would be a ball of wool. */
const MAX_PICTURED = 40;
/** Samples kept; when there are more, every second one is dropped and they are taken half as often. */
const MAX_SAMPLES = 160;
const FIRST_EVERY_MS = 1_000;

/** A recorder that writes down what a report shows. Of several worlds it keeps the last. */
export interface ReportRecorder extends Recorder {
  /** Takes a last sample; undefined if there was no world. */
  observation(): Observation | undefined;
}

/** Creates a recorder for one run of at most `nodes` nodes. */
export function createRecorder(nodes: number): ReportRecorder {
  let now: WorldRecord | undefined;
  return {
    begin(world) {
      now = createWorldRecord(world, nodes);
    },
    onEvent(node, event) {
      if (event.kind === 'head') for (const block of event.added) now?.blocks.add(node, block, now.world.elapsedMs());
    },
    onMoment: (name, atMs) => now?.moments.push({ name, atMs }),
    sample: (atMs) => now?.sample(atMs),
    nextMs: () => now?.nextMs() ?? Number.POSITIVE_INFINITY,
    observation: () => now?.observation(),
  };
}

interface WorldRecord {
  readonly world: World;
  readonly blocks: ObservedBlocks;
  readonly moments: Moment[];
  sample(atMs: number): void;
  nextMs(): number;
  observation(): Observation;
}

function createWorldRecord(world: World, nodes: number): WorldRecord {
  const blocks = new ObservedBlocks();
  const moments: Moment[] = []; // BOUNDED: by the scenario
  const indexOfId = new Map<string, number>(); // BOUNDED: by the nodes of the world
  const tracked = evenChoice(nodes, MAX_TRACKED);
  const pictured = evenChoice(nodes, MAX_PICTURED);
  const pictureOf = new Map(pictured.map((index, place) => [index, place]));
  const matrix = createConnectionMatrix(nodes);
  let samples: Sample[] = []; // BOUNDED: by MAX_SAMPLES
  let everyMs = FIRST_EVERY_MS;
  let nextMs = 0;

  function peersOf(index: number): (readonly [number, number])[] {
    const node = world.nodes[index];
    const peers = node?.rooms().swarm.peers(node.nowMs()) ?? [];
    return peers.flatMap(({ id }) => {
      const other = indexOfId.get(id);
      return other === undefined ? [] : [[index, other] as const];
    });
  }

  /** The connections of nodes in the picture; those that only one side knows yet, too. */
  function edgesOf(connections: readonly (readonly [number, number])[]): Sample['edges'] {
    const edges = new Map<number, readonly [number, number]>();
    for (const [node, other] of connections) {
      const [a, b] = [pictureOf.get(node), pictureOf.get(other)];
      if (a === undefined || b === undefined) continue;
      const edge = [Math.min(a, b), Math.max(a, b)] as const;
      edges.set(edge[0] * pictured.length + edge[1], edge);
    }
    return [...edges.values()];
  }

  function sample(atMs: number): void {
    for (const node of world.nodes.slice(indexOfId.size)) indexOfId.set(node.identity.nodeId, indexOfId.size);
    const running = [...new Set([...tracked, ...pictured])].filter((index) => world.nodes[index]?.running() === true);
    const connections = running.flatMap(peersOf);
    matrix.add(running, connections);
    samples.push({
      atMs,
      nodes: tracked.map((index) => sampleNode(world.nodes[index])),
      edges: edgesOf(connections),
      tableFill: meanTableFill(running.flatMap((index) => world.nodes[index] ?? [])),
    });
    if (samples.length > MAX_SAMPLES) {
      samples = samples.filter((_, index) => index % 2 === 0);
      everyMs *= 2;
    }
    nextMs = (Math.floor(atMs / everyMs) + 1) * everyMs;
  }

  return {
    ...{ world, blocks, moments, sample },
    nextMs: () => nextMs,
    observation() {
      if (samples.at(-1)?.atMs !== world.elapsedMs()) sample(world.elapsedMs());
      const placeOf = new Map(tracked.map((index, place) => [world.nodes[index]?.name ?? '', place]));
      const minerOf = new Map(world.nodes.map(({ etherbase }, index) => [etherbase as string, index]));
      return {
        nodes: world.nodes.map(({ name, role }) => ({ name, role })),
        ...{ tracked: within(tracked, world), pictured: within(pictured, world), moments, samples },
        blocks: blocks.view(
          (name) => placeOf.get(name),
          (coinbase) => minerOf.get(coinbase),
        ),
        finalHead: heaviestHead(world),
        matrix: matrix.shares(),
      };
    },
  };
}

/** A world may have fewer nodes than the run was to have. */
const within = (places: readonly number[], { nodes }: World): number[] =>
  places.filter((index) => index < nodes.length);

function meanTableFill(nodes: readonly SimNode[]): number[] {
  const sums = new Array<number>(BUCKET_COUNT).fill(0);
  for (const node of nodes) {
    for (const { bucket, replacement } of node.rooms().swarm.discoveryTable()) {
      if (!replacement) sums[bucket] = (sums[bucket] ?? 0) + 1;
    }
  }
  return sums.map((sum) => (nodes.length === 0 ? 0 : sum / nodes.length));
}

function heaviestHead(world: World): string {
  const heads = world.nodes.filter((node) => node.running()).map((node) => node.rooms().chain.head());
  const [first, ...others] = heads;
  if (first === undefined) return '';
  return others.reduce((best, head) => (head.totalDifficulty > best.totalDifficulty ? head : best), first).hash;
}
