import { ETH_VERSIONS } from '../wire/eth/protocol.js';
import { createDiscovery } from './discovery/discv4.js';
import { createEthService } from './eth/service.js';
import type { Swarm, SwarmConfig, SwarmDeps } from './swarm-api.js';
import { assembleSwarm } from './swarm-machine.js';

/**
 * The network wing: discv4, RLPx connections with their defence, and eth. Bans and the address book are read from
 * `deps.storedPeers` here; nothing is sent before `start`. `nowMs` is the time of creation, in ms since 1970.
 */
export function createSwarm(deps: SwarmDeps, config: SwarmConfig, nowMs: number): Swarm {
  return assembleSwarm(deps, config, nowMs, {
    ethVersions: ETH_VERSIONS,
    createEth: createEthService,
    createDiscovery,
  });
}
