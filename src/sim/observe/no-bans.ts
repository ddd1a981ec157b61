import { honestNodes, type Invariant } from './invariant.js';

/** No honest node is banned by another, by its id or its address. */
export const noBans: Invariant = {
  name: 'no-honest-ban',
  summary: 'no honest node is banned by an honest one',
  begin: () => ({
    check({ world }) {
      const honest = honestNodes(world);
      const nameOf = new Map<string, string>();
      for (const { name, identity, address } of honest) {
        nameOf.set(identity.nodeId, name);
        nameOf.set(address.ip, name);
      }
      for (const node of honest) {
        for (const { target, reason } of node.rooms().swarm.bans(node.nowMs())) {
          const banned = nameOf.get(target);
          if (banned !== undefined) return `${node.name} banned ${banned}: ${reason}`;
        }
      }
      return undefined;
    },
  }),
};
