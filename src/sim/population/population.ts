import { invariant } from '../../base/invariant.js';
import type { Random } from '../../ports/random.js';
import { announced } from '../adversary/announced.js';
import { type Silence, silentPeer } from '../adversary/silent-peer.js';
import type { Outsider } from '../machines/outsider.js';
import type { SimNode } from '../machines/sim-node.js';
import type { Bandwidth } from '../network/links.js';
import type { NatKind } from '../network/nat.js';
import type { PopulateOptions, World } from '../world.js';

/** What a member of a population is like. */
export type MemberKind =
  /** A node as it comes. */
  | { readonly kind: 'honest' }
  /** A node that mines with this share of the population's hash rate. */
  | { readonly kind: 'miner'; readonly hashShare: number }
  /** A node that nobody can dial. */
  | { readonly kind: 'unreachable'; readonly nat: Exclude<NatKind, 'open'> }
  /** A node with a small line and few peers. */
  | { readonly kind: 'light'; readonly bandwidth: Bandwidth; readonly maxPeers: number }
  /** No node: a machine that takes what it is given, and gives nothing. */
  | { readonly kind: 'silent'; readonly silence: Silence };

/** Members of one kind: so many, or this share of all. */
export type MemberGroup = MemberKind & ({ readonly count: number } | { readonly share: number });

/** What all members of a population have in common. */
export type Common = Pick<PopulateOptions, 'bootnodes' | 'maxPeers'> & {
  /** Of all miners together, in hashes a second. */
  readonly hashrate: number;
};

/**
 * The kinds of `size` members in random order: of each group as many as it says, and honest ones for the rest. Groups that
 * are more than all together are a mistake.
 */
export function drawPopulation(random: Random, size: number, groups: readonly MemberGroup[]): MemberKind[] {
  const kinds: MemberKind[] = groups.flatMap((group) => {
    const count = 'count' in group ? group.count : Math.round(group.share * size);
    return Array.from({ length: count }, () => group);
  });
  invariant(kinds.length <= size, `there is room for ${kinds.length} of ${size} members`);
  while (kinds.length < size) kinds.push({ kind: 'honest' });
  for (let i = kinds.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [kinds[i], kinds[j]] = [kinds[j] as MemberKind, kinds[i] as MemberKind];
  }
  return kinds;
}

/** Adds a member to the world, not started. Its role is its kind. */
export function addMember(world: World, member: MemberKind, common: Common): SimNode | Outsider {
  const { hashrate, ...options } = common;
  const base = { ...options, hashrate: 0, role: member.kind };
  switch (member.kind) {
    case 'honest':
      return world.addNode(base);
    case 'miner':
      return world.addNode({ ...base, hashrate: hashrate * member.hashShare });
    case 'unreachable':
      return world.addNode({ ...base, nat: member.nat });
    case 'light':
      return world.addNode({ ...base, bandwidth: member.bandwidth, maxPeers: member.maxPeers });
    case 'silent': {
      const knownBy = common.bootnodes.map(({ address }) => address);
      return world.addOutsider(announced(silentPeer(member.silence), knownBy));
    }
  }
}
