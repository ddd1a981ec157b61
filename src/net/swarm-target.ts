import type { NodeId } from '../base/brand.js';
import { parseHash32 } from '../base/hex.js';
import { err, ok, type Result } from '../base/result.js';
import { DecodeError } from '../codec/decode-error.js';
import type { IdentityScheme } from '../ports/identity.js';
import { parseEnode } from '../types/enode.js';
import { parseEnr } from '../types/enr.js';
import { canonicalIp } from '../types/ip.js';
import type { DialNode } from './peers/dial-node.js';
import type { PeerCommandError } from './swarm-api.js';

/** A node as a command names it; without `dial` only its identity is known. */
export interface NamedNode {
  readonly nodeId: NodeId;
  readonly dial: DialNode | undefined;
}

/** The node in `text`: an enode URL, a signed record (`enr:`), or the 32-byte node id alone. */
export function parseNode(scheme: IdentityScheme, text: string): Result<NamedNode, PeerCommandError> {
  const trimmed = text.trim();
  const id = parseHash32(trimmed.startsWith('0x') ? trimmed : `0x${trimmed}`);
  if (id !== undefined) return ok({ nodeId: id as string as NodeId, dial: undefined });
  if (trimmed.startsWith('enr:')) return parseRecord(scheme, trimmed);
  const enode = parseEnode(trimmed);
  if (!enode.ok) return err({ code: 'bad-node', message: `invalid enode: ${enode.error.message}` });
  const { publicKey, endpoint } = enode.value;
  const nodeId = scheme.nodeIdOf(publicKey);
  return ok({ nodeId, dial: endpoint === undefined ? undefined : { nodeId, publicKey, endpoint } });
}

function parseRecord(scheme: IdentityScheme, text: string): Result<NamedNode, PeerCommandError> {
  try {
    const { nodeId, publicKey, endpoint } = parseEnr(text, scheme);
    return ok({ nodeId, dial: endpoint === undefined ? undefined : { nodeId, publicKey, endpoint } });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ code: 'bad-node', message: `invalid enr: ${error.message}` });
  }
}

/** What a ban is put on: a node id or an ip. */
export type BanTarget = { readonly kind: 'node'; readonly id: NodeId } | { readonly kind: 'ip'; readonly ip: string };

/** The target of a ban in `text`: ip, node id or enode URL. */
export function parseBanTarget(scheme: IdentityScheme, text: string): Result<BanTarget, PeerCommandError> {
  const ip = canonicalIp(text.trim());
  if (ip !== undefined) return ok({ kind: 'ip', ip });
  const node = parseNode(scheme, text);
  if (node.ok) return ok({ kind: 'node', id: node.value.nodeId });
  return err({ code: 'bad-target', message: 'expected an ip, a node id or an enode URL' });
}
