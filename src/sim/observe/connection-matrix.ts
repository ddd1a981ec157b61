/** Groups of nodes on each side of the matrix. */
const MAX_GROUPS = 40;

/** Sums up who was connected with whom, by groups of nodes. */
export interface ConnectionMatrix {
  /** Adds one moment: `looked` nodes and each of their connections as (itself, the other). */
  add(looked: readonly number[], connections: readonly (readonly [number, number])[]): void;
  /** Share of the connections possible between two groups that there were, mean over the moments. */
  shares(): number[][];
}

/** An empty matrix over `nodes` nodes, in groups of equal size in their order. */
export function createConnectionMatrix(nodes: number): ConnectionMatrix {
  const groups = Math.min(nodes, MAX_GROUPS);
  const groupOf = (node: number): number => Math.min(groups - 1, Math.floor((node * groups) / nodes));
  const sizes = new Array<number>(groups).fill(0);
  for (let node = 0; node < nodes; node++) sizes[groupOf(node)] = (sizes[groupOf(node)] ?? 0) + 1;
  const zeros = (): number[][] => Array.from({ length: groups }, () => new Array<number>(groups).fill(0));
  const found = zeros();
  const possible = zeros();

  return {
    add(looked, connections) {
      for (const node of looked) {
        const own = groupOf(node);
        const row = possible[own] as number[];
        for (let group = 0; group < groups; group++) {
          row[group] = (row[group] ?? 0) + (sizes[group] ?? 0) - Number(group === own);
        }
      }
      for (const [node, other] of connections) {
        const row = found[groupOf(node)] as number[];
        row[groupOf(other)] = (row[groupOf(other)] ?? 0) + 1;
      }
    },
    shares: () =>
      found.map((row, a) =>
        row.map((count, b) => {
          const whole = (possible[a]?.[b] ?? 0) + (possible[b]?.[a] ?? 0);
          return whole === 0 ? 0 : (count + (found[b]?.[a] ?? 0)) / whole;
        }),
      ),
  };
}
