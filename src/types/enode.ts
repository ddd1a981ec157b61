import type { PublicKey } from '../base/brand.js';
import type { Endpoint } from './endpoint.js';

/** A node as an enode URL names it. Without `endpoint` it is valid but cannot be dialled. */
export interface Enode {
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint | undefined;
}
