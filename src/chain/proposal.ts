import type { Address } from '../base/brand.js';
import type { Result } from '../base/result.js';
import type { RuleError } from '../consensus/rule-error.js';
import type { Body } from '../types/block.js';
import type { Header, SealedHeader } from '../types/header.js';
import type { Receipt } from '../types/receipt.js';
import type { Transaction } from '../types/transaction.js';

/** What the miner chooses in a block's header; the rest follows from the parent and the rules. */
export interface ProposalFields {
  readonly coinbase: Address;
  /** Seconds; later than the parent's. */
  readonly timestamp: number;
  readonly gasLimit: bigint;
  readonly extraData: Uint8Array;
}

/** A block under construction: valid at every moment, and complete but for its seal once finished. */
export interface Proposal {
  readonly number: number;
  readonly difficulty: bigint;
  /** Undefined before London. */
  readonly baseFeePerGas: bigint | undefined;
  gasLeft(): bigint;
  /** Executes and includes `tx`, or says which rule forbids it here and leaves the block as it was. */
  tryTransaction(tx: Transaction): Result<Receipt, RuleError>;
  /** Pays the rewards and fills in the roots. The header's mixHash and nonce are zero. Call once, last. */
  finish(uncles: readonly SealedHeader[]): ProposedBlock;
}

/** A finished proposal. */
export interface ProposedBlock {
  readonly header: Header;
  readonly body: Body;
}
