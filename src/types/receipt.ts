import type { Address, Bloom, Hash32 } from '../base/brand.js';

/** A log record. A chain without contracts never makes one; foreign receipts may hold them. */
export interface Log {
  readonly address: Address;
  readonly topics: readonly Hash32[];
  readonly data: Uint8Array;
}

/** A receipt as consensus stores it: a state root before Byzantium (EIP-658), a status from then on. */
export interface Receipt {
  readonly type: 0 | 1 | 2;
  readonly outcome:
    | { readonly kind: 'status'; readonly success: boolean }
    | { readonly kind: 'root'; readonly stateRoot: Hash32 };
  readonly cumulativeGasUsed: bigint;
  readonly logsBloom: Bloom;
  readonly logs: readonly Log[];
}
