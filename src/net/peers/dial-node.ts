import type { NodeId, PublicKey } from '../../base/brand.js';
import type { Endpoint } from '../../types/endpoint.js';

/** A node that can be dialed. */
export interface DialNode {
  readonly nodeId: NodeId;
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint;
}
