/** A protocol that runs on a connection beside the base protocol: `{ name: 'eth', version: 68 }`. */
export interface Capability {
  readonly name: string;
  readonly version: number;
}

/** A protocol that this node speaks. */
export interface LocalCapability extends Capability {
  /** How many message codes this version reserves. */
  readonly length: number;
}

/** A protocol that both ends speak, with the codes `offset` to `offset + length - 1` on the connection. */
export interface SharedCapability extends LocalCapability {
  readonly offset: number;
}

/** Codes below belong to the base protocol: Hello, Disconnect, Ping, Pong and reserved ones. */
export const BASE_PROTOCOL_LENGTH = 0x10;

/**
 * The protocols that both ends speak, each in the highest version that both know, ordered by name, with codes handed out
 * in that order from {@link BASE_PROTOCOL_LENGTH} on (devp2p rlpx.md, Message ID-based multiplexing). Both ends reach the
 * same offsets. Empty if there is nothing to talk about.
 */
export function negotiate(local: readonly LocalCapability[], remote: readonly Capability[]): SharedCapability[] {
  const best = new Map<string, LocalCapability>(); // BOUNDED: by the local list
  for (const ours of local) {
    const shared = remote.some((theirs) => theirs.name === ours.name && theirs.version === ours.version);
    if (shared && ours.version > (best.get(ours.name)?.version ?? -1)) best.set(ours.name, ours);
  }
  const chosen = [...best.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  let offset = BASE_PROTOCOL_LENGTH;
  return chosen.map((capability) => {
    const { name, version, length } = capability;
    const shared = { name, version, length, offset };
    offset += length;
    return shared;
  });
}

/** The shared protocol that a code on the connection belongs to; undefined for base protocol codes and for none. */
export function capabilityOf(shared: readonly SharedCapability[], code: number): SharedCapability | undefined {
  return shared.find(({ offset, length }) => code >= offset && code < offset + length);
}
